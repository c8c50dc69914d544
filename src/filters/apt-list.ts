/** apt list: packages of one archive, architecture and state together. Nothing is lost. */
import type { Filter } from './filter.ts'
import { inLines } from './text/folders.ts'
import { losslessExample } from './text/lossless-example.ts'

const row = /^([^\s/,]+)\/(\S+) (\S+) (\S+)( \[[^\]]*\])?$/

export const aptList: Filter = {
  id: 'apt-list',
  suggests: ({ program }) => program === 'apt',
  confirms: (lines) =>
    lines.length > 3 && lines.slice(1, 20).filter((line) => row.test(line.slice(0, 400))).length > 2,
  shorten: ({ lines }) => {
    const groups = new Map<string, string[]>()
    const others: string[] = []
    for (const line of lines) {
      const found = row.exec(line.slice(0, 400))
      if (!found || line.length > 400) {
        others.push(line)
        continue
      }
      const [, name = '', archive = '', version = '', architecture = '', state = ''] = found
      const key = `${archive} ${architecture}${state}:`
      const packages = groups.get(key)
      if (packages === undefined) groups.set(key, [`${name} ${version}`])
      else packages.push(`${name} ${version}`)
    }
    const told = [...groups].flatMap(([key, packages]) => [key, ...inLines(packages, '  ', ', ')])
    return { lines: [...others, ...told], tier: 0 }
  },
  examples: [
    losslessExample({
      name: 'what is installed',
      commandLine: 'apt list --installed',
      output: `Listing...
adduser/stable,now 3.134 all [installed,automatic]
apt/stable,now 2.6.1 amd64 [installed]
bash/stable,now 5.2.15-2 amd64 [installed]
base-files/stable,now 12.4 amd64 [installed,upgradable to: 12.5]
ca-certificates/stable,now 20230311 all [installed,automatic]`,
      becomes: `Listing...
stable,now all [installed,automatic]:
  adduser 3.134, ca-certificates 20230311
stable,now amd64 [installed]:
  apt 2.6.1, bash 5.2.15-2
stable,now amd64 [installed,upgradable to: 12.5]:
  base-files 12.4`,
    }),
  ],
}
