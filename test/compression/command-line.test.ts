import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { commandOf, printersOf } from '../../src/compression/command-line.ts'

const said = (line: string): string | undefined => {
  const command = commandOf(line)
  return command && [command.program, ...command.args].join(' ')
}

/** What people and agents type, and what prints the result. */
const lines: readonly (readonly [string, string | undefined])[] = [
  ['git status', 'git status'],
  ['/usr/bin/git status', 'git status'],
  ['git -C sub --no-pager -c core.pager=cat log --oneline', 'git log --oneline'],
  ['cd web && npm test', 'npm test'],
  ['cd web && FOO=1 BAR="a b" npx vitest run --reporter=dot 2>&1 | tail -50', 'vitest run --reporter=dot'],
  ['npx --yes -p typescript tsc --noEmit', 'tsc --noEmit'],
  ['npx vitest@3.2.1 run', 'vitest run'],
  ['npx @biomejs/biome@2 check .', 'biome check .'],
  ['npx eslint -c my.config.js src', 'eslint -c my.config.js src'],
  ['npx -c "vitest run"', 'vitest run'],
  ['pnpm exec tsc -p .', 'tsc -p .'],
  ['pnpm --filter web exec vitest run', 'vitest run'],
  ['pnpm dlx prettier --check .', 'prettier --check .'],
  ['pnpm vitest', 'vitest'],
  ['pnpm -r run build', 'pnpm run build'],
  ['yarn jest --ci', 'jest --ci'],
  ['yarn workspace web tsc', 'tsc'],
  ['yarn install', 'yarn install'],
  ['npm exec -- mocha', 'mocha'],
  ['npm --prefix web run lint', 'npm run lint'],
  ['bunx eslint .', 'eslint .'],
  ['bun test', 'bun test'],
  ['./node_modules/.bin/jest', 'jest'],
  ['node --max-old-space-size=4096 node_modules/vitest/vitest.mjs run', 'vitest run'],
  ['node server.js', 'node server.js'],
  ['sudo -u www docker ps', 'docker ps'],
  ['sudo -E apt-get install -y jq', 'apt-get install -y jq'],
  ['timeout -k 5 60s cargo test', 'cargo test'],
  ['time nice -n 10 make -j4', 'make -j4'],
  ['env -u HOME CI=1 pytest -q', 'pytest -q'],
  ['cargo +nightly clippy', 'cargo clippy'],
  ['python -m pytest -x tests', 'pytest -x tests'],
  ['python3.11 -u -m mypy src', 'mypy src'],
  ['python script.py -m x', 'python script.py -m x'],
  ['uv run --with pytest pytest -q', 'pytest -q'],
  ['poetry run ruff check', 'ruff check'],
  ['uvx ruff@latest check', 'ruff check'],
  ['bundle exec rspec', 'rspec'],
  ['pip3 install x', 'pip install x'],
  ['docker-compose logs web', 'docker compose logs web'],
  ['docker exec -it -e A=1 web pytest -q', 'pytest -q'],
  ['docker compose exec web npm test', 'npm test'],
  ['kubectl exec pod-1 -n x -- ls -la', 'ls -la'],
  ['kubectl -n kube-system get pods', 'kubectl get pods'],
  ["bash -lc 'cd x && go test ./...'", 'go test ./...'],
  [`bash -c "sh -c 'rg foo'"`, 'rg foo'],
  ['bash -lc "git log | head -5"', 'git log'],
  ['bash build.sh -c x', 'bash build.sh -c x'],
  ['cargo build 2>&1 | grep error', 'grep error'],
  ['rg -l foo | sort | head', 'rg -l foo'],
  ['vitest run | sort', 'sort'],
  ['git log | sort | uniq -c', 'uniq -c'],
  ['find . -name "*.ts" | xargs grep -n foo', 'grep -n foo'],
  ['npm run build && npm test', 'npm test'],
  ['npm test > out.txt 2>&1', undefined],
  ['npm test 2> err.txt', 'npm test'],
  ['npm test >&2', 'npm test'],
  ['npm test &> /dev/null; tail out.txt', 'tail out.txt'],
  ['make | tee build.log', 'make'],
  ['(cd a && ls -la) | grep foo', 'grep foo'],
  ['for f in a b; do ls $f; done | head', 'ls $f'],
  ['for f in a b; do ls $f; done | grep x', 'grep x'],
  ['if [ -f x ]; then git diff; fi', 'git diff'],
  ['python - <<EOF\nimport x | y && z\nEOF\ngit status', 'git status'],
  ['git commit -m "one; two && three | four"', 'git commit -m one; two && three | four'],
  ['echo hi # npm test', undefined],
  ['git log --format="%h $(date; ls)" -5', 'git log --format=%h $(date; ls) -5'],
  ['diff <(ls a) <(ls b)', 'diff /dev/fd/0 /dev/fd/0'],
  ['! grep foo x', 'grep foo x'],
  ['C:\\\\tools\\\\git.exe status', 'git status'],
  ['ssh -p 22 host "docker ps"', 'docker ps'],
  ['sleep 5', undefined],
  ['', undefined],
  ['   ', undefined],
]

describe('a command line', () => {
  for (const [line, meaning] of lines) {
    it(`${JSON.stringify(line)} prints ${meaning ?? 'nothing we know'}`, () =>
      expect(said(line)).toBe(meaning))
  }

  it('keeps the lines an echo prints, and their place among the commands', () => {
    expect(printersOf('echo "== one =="; git status; echo "exit $?"; echo "== two =="; ls -la')).toEqual([
      { kind: 'echo', line: '== one ==' },
      { kind: 'command', command: { program: 'git', args: ['status'] } },
      { kind: 'echo', line: '== two ==' },
      { kind: 'command', command: { program: 'ls', args: ['-la'] } },
    ])
  })

  it('is read whatever it holds, in time that grows with its length', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom(...'ab \'"\\$`(){}|&;<>#\n-='), maxLength: 200 }),
        (line) => {
          printersOf(line)
        },
      ),
      { numRuns: 2000 },
    )
    for (const unit of ['(', '$(', '"', "'", '`', '\\', '<<a\n', '|', 'a=', 'sudo ', 'bash -c "', '$(('])
      printersOf(unit.repeat(50_000))
  })
})
