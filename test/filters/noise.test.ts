import { describe, expect, it } from 'vitest'
import { filters } from '../../src/filters/index.ts'
import {
  aptNoise,
  aptNoiseOfSuccess,
  npmNoise,
  npmNoiseOfSuccess,
  pipNoise,
  pipNoiseOfSuccess,
} from '../../src/filters/text/install-noise.ts'
import { harmlessFrom } from '../../src/filters/text/noise.ts'
import { readThrough } from './needles.ts'

const byId = (id: string) => filters.find((filter) => filter.id === id) ?? expect.fail(id)

const always = harmlessFrom([...aptNoise, ...pipNoise, ...npmNoise])
const either = harmlessFrom([
  ...aptNoise,
  ...aptNoiseOfSuccess,
  ...pipNoise,
  ...pipNoiseOfSuccess,
  ...npmNoise,
  ...npmNoiseOfSuccess,
])

describe('what package managers print while they work', () => {
  it.each([
    'Downloading model failed: 404',
    'Collecting errors from workers',
    'Get:3 http://deb.example.org bookworm/main amd64 x 1 Connection refused',
    'Setting up mailer (2.0) ... failed',
    'E: Unable to locate package figlte',
    'W: Some index files failed to download.',
    'Err:2 http://deb.example.org bookworm Release',
    'npm error code ERESOLVE',
    'npm http fetch GET 404 https://registry.example.org/left 60ms',
    'npm http fetch GET 503 https://registry.example.org/left attempt 1 60ms',
    'ERROR: No matching distribution found for flask==99',
    'WARNING: The script flask is installed in /home/ana/bin which is not on PATH.',
    '3 high severity vulnerabilities',
    'Successfully installed flask-3.1.3',
    'added 257 packages in 13s',
    'dpkg: error processing package mailer (--configure):',
    'Requirement already satisfied: flask in ./venv (3.1.3)',
  ])('is never noise when it is: %s', (line) => {
    expect(either(line)).toBeUndefined()
  })

  it.each([
    'Setting up jq (1.6-2) ...',
    'Installing collected packages: blinker, flask',
    'npm warn deprecated request@2.88.2: request has been deprecated',
  ])('is noise only where the command did what it was told: %s', (line) => {
    expect(always(line)).toBeUndefined()
    expect(either(line)).toBeDefined()
  })
})

describe('a command that failed', () => {
  it('keeps what stands right before the first line that is not noise', () => {
    const output = [
      ...Array.from({ length: 9 }, (_, at) => `Collecting part-${at}>=1.0 (from shop)`),
      'ERROR: Could not find a version that satisfies the requirement part-8>=1.0',
    ].join('\n')
    const told = readThrough(byId('pip-install'), { commandLine: 'pip install shop', output, failed: true })
    expect(told?.lines).toEqual([
      '[+8 lines hidden: what is needed — clutch show r7f3a2]',
      'Collecting part-8>=1.0 (from shop)',
      'ERROR: Could not find a version that satisfies the requirement part-8>=1.0',
    ])
  })
})

describe('curl', () => {
  it('keeps numbers that are the answer, and hides those that are its own', () => {
    const numbers = Array.from({ length: 9 }, (_, at) => ` ${at} 100 ${at} 200  0  12 34`)
    const meter = [
      '  % Total    % Received % Xferd  Average Speed   Time    Time     Time  Current',
      '                                 Dload  Upload   Total   Spent    Left  Speed',
      '100  1256  100  1256    0     0   4910      0 --:--:-- --:--:-- --:--:--  4925',
      '100  1256  100  1256    0     0   4910      0  0:00:01  0:00:01 --:--:--  4925',
    ]
    const output = [...meter, ...numbers].join('\n')
    expect(readThrough(byId('curl'), { commandLine: 'curl https://example.org/n', output })?.lines).toEqual([
      '[+4 lines hidden: progress — clutch show r7f3a2]',
      ...numbers,
    ])
  })
})
