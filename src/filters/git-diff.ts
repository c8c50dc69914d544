/** git diff, diff -u: every changed line and where it is; less beside them, lockfiles and the like only counted. */
import type { Filter, Reading, Shortened } from './filter.ts'
import { areManyRows, isStatLine, saidStat } from './text/diff-stat.ts'
import { goneNotes, shorterDiff } from './text/diff-text.ts'
import { startOfDiff } from './text/unified-diff.ts'
import { isVerb, operandsOf } from './text/verb.ts'

function shorten({ lines, command, tier, hidden }: Reading): Shortened | undefined {
  const asked = command === undefined ? [] : operandsOf(command).slice(1)
  const stat = saidStat(lines, tier > 0 && areManyRows(lines))
  const told = shorterDiff(stat.lines, { asked, isNarrow: tier > 0, hidden })
  if (told.lines === lines) return undefined
  const isLess = told.gone > 0 || told.isFolded || stat.gone > 0
  return { lines: [...told.lines, ...goneNotes(told.gone, stat.gone, hidden)], tier: isLess ? 1 : 0 }
}

export const gitDiff: Filter = {
  id: 'git-diff',
  suggests: (command) =>
    isVerb(command, 'git', ['diff', 'stash show', 'format-patch', 'diff-tree', 'diff-index']) ||
    isVerb(command, 'gh', ['pr diff']) ||
    isVerb(command, 'hg', ['diff']) ||
    isVerb(command, 'svn', ['diff']) ||
    ['diff', 'colordiff', 'interdiff'].includes(command.program),
  confirms: (lines) => startOfDiff(lines) >= 0 || lines.some(isStatLine),
  shorten,
  examples: [
    {
      name: 'a change, a lockfile and a new script',
      commandLine: 'git diff HEAD~1',
      output: `diff --git a/package-lock.json b/package-lock.json
index 1f6f2f0..0a8e1d3 100644
--- a/package-lock.json
+++ b/package-lock.json
@@ -10,10 +10,11 @@
       "dependencies": {
         "express": "^4.18.2",
-        "left": "1.0.0",
+        "left": "1.2.0",
         "right": "2.0.0"
       },
+      "extra": true,
       "engines": {
         "node": ">=20"
       }
     },
     "node_modules/express": {
diff --git a/src/server/listen.ts b/src/server/listen.ts
index 3c1a2b4..9d8e7f6 100644
--- a/src/server/listen.ts
+++ b/src/server/listen.ts
@@ -20,13 +20,14 @@ export function listen(port: number) {
   const server = createServer()
   server.on('error', fail)
   server.on('close', gone)
-  server.listen(port)
+  server.listen(port, '127.0.0.1')
+  log('listening', port)
   return server
 }

 function fail(error: Error) {
   log(error)
-  process.exit(2)
+  process.exit(1)
 }

 // the end
diff --git a/run.sh b/run.sh
new file mode 100755
index 0000000..e69de29
--- /dev/null
+++ b/run.sh
@@ -0,0 +1,2 @@
+#!/bin/sh
+exec node .`,
      becomes: `[+13 lines hidden: package-lock.json +2 -1 — clutch show r7f3a2]
diff src/server/listen.ts
@@ 23 export function listen(port: number) {
-  server.listen(port)
+  server.listen(port, '127.0.0.1')
+  log('listening', port)
@@ 30
-  process.exit(2)
+  process.exit(1)
diff run.sh, new file of mode 100755, its 2 lines:
#!/bin/sh
exec node .
[+14 lines hidden: lines beside the changes, blob hashes — clutch show r7f3a2]`,
      losslessly: `diff package-lock.json, blobs 1f6f2f0..0a8e1d3
@@ 10
       "dependencies": {
         "express": "^4.18.2",
-        "left": "1.0.0",
+        "left": "1.2.0",
         "right": "2.0.0"
       },
+      "extra": true,
       "engines": {
         "node": ">=20"
       }
     },
     "node_modules/express": {
diff src/server/listen.ts, blobs 3c1a2b4..9d8e7f6
@@ 20 export function listen(port: number) {
   const server = createServer()
   server.on('error', fail)
   server.on('close', gone)
-  server.listen(port)
+  server.listen(port, '127.0.0.1')
+  log('listening', port)
   return server
 }

 function fail(error: Error) {
   log(error)
-  process.exit(2)
+  process.exit(1)
 }

 // the end
diff run.sh, new file of mode 100755, blobs 0000000..e69de29, its 2 lines:
#!/bin/sh
exec node .`,
    },
  ],
}
