/** CMake's checks while it configures, and CTest's passing tests, left out; whatever else it says stays. */
import type { Filter } from './filter.ts'
import { withoutNoise } from './text/asides.ts'
import { endsHave, mayRun } from './text/launchers.ts'
import { noiseFrom } from './text/noise.ts'

const noise = noiseFrom([
  [
    'checks that went well',
    /^-- (?:The \w+ compiler identification is|Detecting \w+ (?:compiler ABI info|compile features)(?: - done)?$|Check for working \w+ compiler: .*(?:skipped|works)$|Check if compiler accepts|Performing Test \S+(?: - Success)?$|Looking for (?!.* - not found)|Check size of (?!.*failed)|Found \w+: |Checking for modules? |Configuring done|Generating done)/,
  ],
  ['passing tests', /^ *\d+\/\d+ Test +#\d+: \S+ \.*\s+Passed +[\d.]+ sec$|^ +Start +\d+: \S+$/],
])

const configuring = /^-- (?:Configuring (?:done|incomplete)|Build files have been written)/
const testing = /^\d+% tests passed, \d+ tests? failed out of \d+/

export const cmake: Filter = {
  id: 'cmake',
  suggests: (command) => mayRun(command, ['cmake', 'ctest']),
  confirms: (lines) => endsHave(lines, configuring) || endsHave(lines, testing),
  shorten: (reading) => withoutNoise(reading, (lines) => lines.map(noise)),
  examples: [
    {
      name: 'configuring',
      commandLine: 'cmake -B build',
      failed: true,
      output: `-- The C compiler identification is GNU 12.2.0
-- Detecting C compiler ABI info
-- Detecting C compiler ABI info - done
-- Check for working C compiler: /usr/bin/cc - skipped
-- Detecting C compile features
-- Detecting C compile features - done
-- Could NOT find OpenSSL (missing: OPENSSL_INCLUDE_DIR)
CMake Error at CMakeLists.txt:15 (find_package):
  By not providing "FindShop.cmake" in CMAKE_MODULE_PATH this project has
  asked CMake to find a package configuration file provided by "Shop".

-- Configuring incomplete, errors occurred!`,
      becomes: `[+6 lines hidden: checks that went well — clutch show r7f3a2]
-- Could NOT find OpenSSL (missing: OPENSSL_INCLUDE_DIR)
CMake Error at CMakeLists.txt:15 (find_package):
  By not providing "FindShop.cmake" in CMAKE_MODULE_PATH this project has
  asked CMake to find a package configuration file provided by "Shop".

-- Configuring incomplete, errors occurred!`,
    },
    {
      name: 'ctest',
      commandLine: 'ctest --test-dir build',
      failed: true,
      output: `Test project /home/dev/shop/build
      Start  1: adds_one
 1/4 Test  #1: adds_one .........................   Passed    0.01 sec
      Start  2: adds_two
 2/4 Test  #2: adds_two .........................   Passed    0.00 sec
      Start  3: loses_one
 3/4 Test  #3: loses_one ........................***Failed    0.02 sec
      Start  4: adds_three
 4/4 Test  #4: adds_three .......................   Passed    0.00 sec

75% tests passed, 1 tests failed out of 4

The following tests FAILED:
	  3 - loses_one (Failed)
Errors while running CTest`,
      becomes: `Test project /home/dev/shop/build
[+5 lines hidden: passing tests — clutch show r7f3a2]
 3/4 Test  #3: loses_one ........................***Failed    0.02 sec
[+3 lines hidden: passing tests — clutch show r7f3a2]
75% tests passed, 1 tests failed out of 4

The following tests FAILED:
	  3 - loses_one (Failed)
Errors while running CTest`,
    },
  ],
}
