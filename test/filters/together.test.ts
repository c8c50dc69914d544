import { describe, expect, it } from 'vitest'
import { shorten } from '../../src/compression/shorten.ts'
import { filters } from '../../src/filters/index.ts'
import { linesOf, originalId } from './needles.ts'

const read = (commandLine: string, text: string, failed = false) => {
  const result = { tool: 'Bash', commandLine, failed, text }
  const outcome = shorten(result, { level: 'balanced', originalId, filters })
  return outcome.kind === 'shortened' ? outcome.text : text
}

const status = `On branch main
Changes not staged for commit:
  (use "git add <file>..." to update what will be committed)
  (use "git restore <file>..." to discard changes in working directory)
${Array.from({ length: 30 }, (_, at) => `\tmodified:   src/server/file-${at}.ts`).join('\n')}

no changes added to commit (use "git add" and/or "git commit -a")
`

const source = Array.from({ length: 60 }, (_, at) =>
  at % 5 === 0 ? '' : `\tconst   value${at} = 'src/a.ts:${at}: modified:   x'`,
).join('\n')

describe('outputs of several commands in one result', () => {
  it('a status before something else: what stands behind it is as it was', () => {
    const told = read('git status; ./mine', status + source)
    expect(told).toContain('\tmodified: src/server/{file-0.ts')
    expect(told.endsWith(source)).toBe(true)
  })

  it('a status before a diff: both are read, every change stays', () => {
    const diff = (file: string) => `diff --git a/${file} b/${file}
index 1f6f2f0..0a8e1d3 100644
--- a/${file}
+++ b/${file}
@@ -10,7 +10,7 @@ export function listen(port: number) {
   const server = createServer()
   server.on('error', (error) => fail(error))
   server.on('close', () => gone(server))
-  server.listen(port)
+  server.listen(port, '127.0.0.1')
   server.unref()
   server.on('upgrade', (request) => refuse(request))
   return server
`
    const files = Array.from({ length: 20 }, (_, at) => `src/server/file-${at}.ts`)
    const told = linesOf(read('git status && git diff', status + files.map(diff).join('')))
    expect(told.filter((line) => line === "+  server.listen(port, '127.0.0.1')")).toHaveLength(20)
    expect(told.filter((line) => line.startsWith('@@ 13'))).toHaveLength(20)
    for (const file of files) expect(told).toContain(`diff ${file}`)
    expect(told.join('\n')).toContain('file-29.ts')
  })

  it('a listing before something else: blank lines that are not its own stay', () => {
    const listing = Array.from(
      { length: 30 },
      (_, at) => `-rw-r--r-- 1 ana staff ${at} Mar  3 10:12 file-${at}.ts`,
    )
    const told = read('ls -la; ./mine', `total 30\n${listing.join('\n')}\n${source}`)
    expect(told).toContain('*.ts:\n0 file-0\n')
    expect(told).toContain('\n29 file-29\n')
    expect(told).toContain(source.trim())
  })
})

describe('source text', () => {
  it('is as it was, whatever printed it and whatever it looks like', () => {
    const hits = Array.from(
      { length: 60 },
      (_, at) => `src/server/listen.ts:${at}:  server.listen(port)`,
    ).join('\n')
    for (const text of [source, hits, status])
      for (const command of [
        'cat notes.txt',
        'git show HEAD:notes.txt',
        'sed -n 1,60p notes.txt',
        'head -60 notes.txt',
      ])
        expect(read(command, text)).toBe(text)
  })
})
