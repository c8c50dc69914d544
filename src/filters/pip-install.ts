/** pip, uv, poetry installing: what was installed, and why not; without downloads and what was there already. */
import type { Filter } from './filter.ts'
import { pipNoise, pipNoiseOfSuccess } from './text/install-noise.ts'
import { noiseFilter } from './text/noise-filter.ts'

export const pipInstall: Filter = noiseFilter({
  id: 'pip-install',
  leavesLog: true,
  suggests: ({ program, args }) =>
    /^(?:pip|pip3|pipx|uv|poetry|pdm|pipenv|rye|conda|mamba)[\d.]*$/.test(program) &&
    args.some((word) =>
      /^(?:install|sync|add|update|upgrade|lock|download|wheel|remove|create|run)$/.test(word),
    ),
  noise: pipNoise,
  noiseOfSuccess: pipNoiseOfSuccess,
  examples: [
    {
      name: 'packages that came',
      commandLine: 'pip install flask',
      output: `Looking in indexes: https://pypi.example.org/simple
Collecting flask
  Downloading flask-3.1.3-py3-none-any.whl (103 kB)
     ━━━━━━━━━━━━━━━━━━━━━━━━━ 103.4/103.4 kB 105.8 MB/s eta 0:00:00
Collecting blinker>=1.9.0 (from flask)
  Using cached blinker-1.9.0-py3-none-any.whl (8.5 kB)
Requirement already satisfied: click>=8.1.3 in ./venv/lib/python3.11/site-packages (from flask) (8.5.1)
Installing collected packages: blinker, flask
WARNING: The script flask is installed in '/home/ana/bin' which is not on PATH.
Successfully installed blinker-1.9.0 flask-3.1.3`,
      becomes: `Looking in indexes: https://pypi.example.org/simple
[+7 lines hidden: what is needed, downloads, what is installed — clutch show r7f3a2]
WARNING: The script flask is installed in '/home/ana/bin' which is not on PATH.
Successfully installed blinker-1.9.0 flask-3.1.3`,
    },
    {
      name: 'a version that does not exist',
      commandLine: 'python -m pip install -r requirements.txt',
      failed: true,
      output: `Collecting requests
  Downloading requests-2.34.2-py3-none-any.whl (73 kB)
     ━━━━━━━━━━━━━━━━━━━━━━━━━ 73.1/73.1 kB 133.8 MB/s eta 0:00:00
Collecting flask==99
ERROR: Could not find a version that satisfies the requirement flask==99 (from versions: 3.0.0, 3.1.3)
ERROR: No matching distribution found for flask==99`,
      becomes: `[+3 lines hidden: what is needed, downloads — clutch show r7f3a2]
Collecting flask==99
ERROR: Could not find a version that satisfies the requirement flask==99 (from versions: 3.0.0, 3.1.3)
ERROR: No matching distribution found for flask==99`,
    },
  ],
})
