/** apt, apt-get, dpkg, apk: what is installed and what went wrong; without downloads, unpacking and setting up. */
import type { Filter } from './filter.ts'
import { aptNoise, aptNoiseOfSuccess } from './text/install-noise.ts'
import { noiseFilter } from './text/noise-filter.ts'

export const apt: Filter = noiseFilter({
  id: 'apt',
  leavesLog: true,
  suggests: ({ program }) => ['apt', 'apt-get', 'aptitude', 'dpkg', 'apk'].includes(program),
  noise: aptNoise,
  noiseOfSuccess: aptNoiseOfSuccess,
  examples: [
    {
      name: 'packages that came',
      commandLine: 'sudo apt-get install -y jq',
      output: `Reading package lists...
Building dependency tree...
Reading state information...
The following additional packages will be installed:
  libjq1
The following NEW packages will be installed:
  jq libjq1
0 upgraded, 2 newly installed, 0 to remove and 12 not upgraded.
Need to get 200 kB of archives.
After this operation, 420 kB of additional disk space will be used.
Get:1 http://deb.example.org/debian bookworm/main amd64 libjq1 amd64 1.6-2 [136 kB]
Get:2 http://deb.example.org/debian bookworm/main amd64 jq amd64 1.6-2 [64.4 kB]
debconf: delaying package configuration, since apt-utils is not installed
Fetched 200 kB in 0s (1863 kB/s)
Selecting previously unselected package libjq1:amd64.
(Reading database ... 117099 files and directories currently installed.)
Preparing to unpack .../libjq1_1.6-2_amd64.deb ...
Unpacking libjq1:amd64 (1.6-2) ...
Setting up libjq1:amd64 (1.6-2) ...
Setting up jq (1.6-2) ...
Processing triggers for libc-bin (2.36-9) ...`,
      becomes: `Reading package lists...
Building dependency tree...
Reading state information...
The following additional packages will be installed:
  libjq1
The following NEW packages will be installed:
  jq libjq1
0 upgraded, 2 newly installed, 0 to remove and 12 not upgraded.
Need to get 200 kB of archives.
After this operation, 420 kB of additional disk space will be used.
[+2 lines hidden: downloads — clutch show r7f3a2]
debconf: delaying package configuration, since apt-utils is not installed
[+8 lines hidden: downloads, unpacking, setting up — clutch show r7f3a2]`,
    },
    {
      name: 'a package that could not be set up',
      commandLine: 'apt-get install -y mailer',
      failed: true,
      output: `Get:1 http://deb.example.org/debian bookworm/main amd64 mailer amd64 2.0 [64.4 kB]
Get:2 http://deb.example.org/debian bookworm/main amd64 libmail amd64 2.0 [64.4 kB]
Get:3 http://deb.example.org/debian bookworm/main amd64 libqueue amd64 2.0 [12.1 kB]
Err:4 http://deb.example.org/debian bookworm/main amd64 libpost amd64 2.0
  404  Not Found [IP: 192.0.2.7 80]
Unpacking mailer (2.0) ...
Setting up mailer (2.0) ...
dpkg: error processing package mailer (--configure):
 installed mailer package post-installation script returned error exit status 1
E: Sub-process /usr/bin/dpkg returned an error code (1)`,
      becomes: `[+2 lines hidden: downloads — clutch show r7f3a2]
Get:3 http://deb.example.org/debian bookworm/main amd64 libqueue amd64 2.0 [12.1 kB]
Err:4 http://deb.example.org/debian bookworm/main amd64 libpost amd64 2.0
  404  Not Found [IP: 192.0.2.7 80]
Unpacking mailer (2.0) ...
Setting up mailer (2.0) ...
dpkg: error processing package mailer (--configure):
 installed mailer package post-installation script returned error exit status 1
E: Sub-process /usr/bin/dpkg returned an error code (1)`,
    },
  ],
})
