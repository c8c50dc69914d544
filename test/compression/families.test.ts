import { describe, expect, it } from 'vitest'
import { shorten } from '../../src/compression/shorten.ts'
import { filters } from '../../src/filters/index.ts'

/** What tools of every family write when they fail, in our own words: each must be told of a log of thousands of lines. */
const families: Readonly<Record<string, readonly string[]>> = {
  rustc: [
    'error[E0308]: mismatched types',
    '  --> src/cart.rs:12:5',
    '   |',
    '12 |     total',
    '   |     ^^^^^ expected `u32`, found `String`',
  ],
  gcc: [
    "src/cart.c:12:5: error: 'total' undeclared (first use in this function)",
    '   12 |     total = 1;',
    '      |     ^~~~~',
  ],
  linker: [
    '/usr/bin/ld: cart.o: undefined reference to `price_of`',
    'collect2: error: ld returned 1 exit status',
  ],
  msbuild: [
    'D:\\a\\shop\\Cart.cs(12,5): error CS0103: The name "total" does not exist in the current context [D:\\a\\shop\\Shop.csproj]',
  ],
  make: ['make[2]: *** [Makefile:12: cart.o] Error 2'],
  ninja: ['FAILED: src/cart.o', 'ninja: build stopped: subcommand failed.'],
  cmake: [
    'CMake Error at CMakeLists.txt:12 (find_package):',
    '  Could not find a package configuration file provided by "Cart"',
  ],
  bazel: ['ERROR: /shop/BUILD:12:11: Compiling cart.cc failed: (Exit 1): gcc failed'],
  gradle: [
    "Execution failed for task ':cart:compileJava'.",
    '> Compilation failed; see the compiler error output for details.',
    'BUILD FAILED in 12s',
  ],
  maven: [
    '[ERROR] Failed to execute goal on project cart: Could not resolve dependencies',
    '[INFO] BUILD FAILURE',
  ],
  javac: ['Cart.java:12: error: cannot find symbol', '  symbol:   variable total'],
  java: [
    'Exception in thread "main" java.lang.IllegalStateException: cart is empty',
    '\tat shop.Cart.total(Cart.java:12)',
    'Caused by: java.io.IOException: disk gone',
  ],
  python: [
    'Traceback (most recent call last):',
    '  File "/shop/cart.py", line 12, in total',
    '    return price[item]',
    "KeyError: 'apple'",
  ],
  pytest: [
    '=================================== FAILURES ===================================',
    '______________________________ test_total ______________________________',
    'E       assert 3 == 4',
    'tests/test_cart.py:12: AssertionError',
    'FAILED tests/test_cart.py::test_total - assert 3 == 4',
  ],
  unittest: [
    'FAIL: test_total (test_cart.CartTest.test_total)',
    'AssertionError: 3 != 4',
    'FAILED (failures=1)',
  ],
  jest: [
    '  ● cart › adds up',
    '    expect(received).toBe(expected) // Object.is equality',
    '    Expected: 4',
    '    Received: 3',
    'Tests:       1 failed, 80 passed, 81 total',
  ],
  vitest: [
    ' FAIL  src/cart.test.ts > cart > adds up',
    'AssertionError: expected 3 to be 4 // Object.is equality',
    ' ❯ src/cart.test.ts:12:19',
  ],
  mocha: [
    '  1) cart',
    '       adds up:',
    '     AssertionError: expected 3 to equal 4',
    '      at Context.<anonymous> (test/cart.js:12:19)',
  ],
  playwright: [
    '  1) [chromium] › cart.spec.ts:12:5 › adds up ─────',
    '    Error: Timed out 5000ms waiting for expect(locator).toBeVisible()',
  ],
  go: ['--- FAIL: TestTotal (0.00s)', '    cart_test.go:12: total() = 3, want 4', 'FAIL\tshop/cart\t0.012s'],
  'go build': ['./cart.go:12:5: undefined: price'],
  'go panic': [
    'panic: runtime error: index out of range [3] with length 3',
    'goroutine 1 [running]:',
    'main.total(...)',
    '\t/shop/cart.go:12',
  ],
  'go race': ['WARNING: DATA RACE', 'testing.go:1399: race detected during execution of test'],
  tsc: ["src/cart.ts(12,5): error TS2322: Type 'string' is not assignable to type 'number'."],
  eslint: [
    '/shop/src/cart.ts',
    "  12:5  error  'total' is assigned a value but never used  no-unused-vars",
    '✖ 1 problem (1 error, 0 warnings)',
  ],
  ruff: ['src/cart.py:12:5: F841 Local variable `total` is assigned to but never used', 'Found 1 error.'],
  mypy: ['src/cart.py:12: error: Incompatible return value type (got "str", expected "int")  [return-value]'],
  golangci: ['cart.go:12:5: ineffectual assignment to total (ineffassign)'],
  prettier: [
    '[warn] src/cart.ts',
    '[warn] Code style issues found in the above file. Run Prettier with --write to fix.',
  ],
  npm: [
    'npm error code ERESOLVE',
    'npm error ERESOLVE unable to resolve dependency tree',
    'npm error Could not resolve dependency:',
  ],
  pnpm: [
    ' ERR_PNPM_OUTDATED_LOCKFILE  Cannot install with "frozen-lockfile" because pnpm-lock.yaml is not up to date with package.json',
  ],
  yarn: [
    'error An unexpected error occurred: "https://registry.example/cart: Request failed \\"404 Not Found\\""',
  ],
  engine: ['npm warn EBADENGINE Unsupported engine {', "npm warn EBADENGINE   required: { node: '>=22' },"],
  pip: [
    'ERROR: Could not find a version that satisfies the requirement cart==9.9 (from versions: 1.0)',
    'ERROR: No matching distribution found for cart==9.9',
  ],
  apt: ['E: Unable to locate package libcart-dev'],
  docker: [
    'ERROR: failed to solve: process "/bin/sh -c make cart" did not complete successfully: exit code: 2',
    'Dockerfile:12',
  ],
  kubernetes: [
    'Warning  BackOff  12s  kubelet  Back-off restarting failed container cart',
    'cart-7d9 0/1 CrashLoopBackOff 5',
  ],
  terraform: ['│ Error: Invalid reference', '│   on cart.tf line 12, in resource "shop" "cart":'],
  git: [
    'CONFLICT (content): Merge conflict in src/cart.ts',
    'Automatic merge failed; fix conflicts and then commit the result.',
  ],
  'git push': [
    ' ! [rejected]        main -> main (non-fast-forward)',
    'error: failed to push some refs to "shop"',
  ],
  'git auth': ["fatal: could not read Username for 'https://git.example': terminal prompts disabled"],
  network: ['Error: connect ECONNREFUSED 10.0.0.5:5432', 'curl: (6) Could not resolve host: cart.example'],
  timeout: ['Error: Timeout of 2000ms exceeded. For async tests and hooks, ensure "done()" is called'],
  certificate: ['SSL certificate problem: unable to get local issuer certificate'],
  limit: ['HTTP 429 Too Many Requests: rate limit exceeded'],
  memory: ['FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory', 'Killed'],
  segfault: ['Segmentation fault (core dumped)'],
  sanitizer: ['==12==ERROR: AddressSanitizer: heap-use-after-free on address 0x60200000'],
  disk: ['write error: No space left on device'],
  permission: ['bash: ./deploy.sh: Permission denied'],
  missing: ['bash: cartctl: command not found'],
  shutdown: [
    'The runner has received a shutdown signal. This can happen when the runner service is stopped.',
  ],
  rspec: [
    '  1) Cart adds up',
    '     Failure/Error: expect(total).to eq(4)',
    'rspec ./spec/cart_spec.rb:12 # Cart adds up',
  ],
  phpunit: [
    '1) CartTest::testTotal',
    'Failed asserting that 3 matches expected 4.',
    'FAILURES!',
    'Tests: 81, Assertions: 200, Failures: 1.',
  ],
  swift: ['/shop/Cart.swift:12:5: error: cannot find "total" in scope', '** BUILD FAILED **'],
  dotnet: [
    '  Failed Shop.CartTests.Total [12 ms]',
    '   Assert.Equal() Failure: Values differ',
    'Failed!  - Failed:     1, Passed:    80, Skipped:     0, Total:    81',
  ],
  elixir: ['** (RuntimeError) cart is empty', '    (shop 0.1.0) lib/cart.ex:12: Shop.Cart.total/1'],
  precommit: [
    'ruff-format..............................................................Failed',
    '- hook id: ruff-format',
    '- files were modified by this hook',
  ],
}

const noise = (count: number, seed: number): readonly string[] =>
  Array.from({ length: count }, (_, at) => {
    const n = at * 31 + seed
    return [
      `Downloading part ${n} of the catalogue (${n % 90} kB)`,
      `  Compiling shelf-${n % 97} v0.${n % 9}.${n % 7}`,
      `DEBUG shop::stock: item ${n} counted, ${n % 13} left on shelf ${n % 41}`,
      `test shelf::counts_${n % 301} ... ok`,
      `INFO wrote dist/assets/chunk-${(n * 7919).toString(16)}.js ${n % 77} kB`,
      `  -> resolving price list ${n % 19} from warehouse ${n % 23}`,
    ][n % 6]!
  })

const at = (second: number): string =>
  new Date(Date.UTC(2026, 2, 2, 10) + second * 100).toISOString().replace('Z', '4567Z')

const logs: Readonly<Record<string, (lines: readonly string[]) => readonly string[]>> = {
  'of a script': (lines) => [...noise(3000, 1), ...lines, ...noise(400, 5)],
  'of a CI service': (lines) =>
    [
      "Current runner version: '2.330.0'",
      '##[group]Run ./build.sh',
      './build.sh',
      'shell: /usr/bin/bash -e {0}',
      '##[endgroup]',
      ...noise(3000, 2),
      ...lines,
      ...noise(400, 3),
      '##[error]Process completed with exit code 1.',
      'Post job cleanup.',
      ...noise(60, 4),
    ].map((line, index) => `${at(index)} ${line}`),
}

describe('of thousands of lines, those that say why are told', () => {
  for (const [kind, logOf] of Object.entries(logs))
    for (const [family, lines] of Object.entries(families))
      it(`${family}, in the log ${kind}`, () => {
        const text = logOf(lines).join('\n')
        const asked = { tool: 'Bash', commandLine: './build.sh', failed: true, text }
        const outcome = shorten(asked, { level: 'balanced', originalId: 'r7f3a2', filters })
        expect(outcome).toMatchObject({ kind: 'shortened', tier: 2 })
        const told = outcome.kind === 'shortened' ? outcome.text.split('\n') : []
        expect(lines.filter((line) => !told.includes(line))).toEqual([])
      })
})
