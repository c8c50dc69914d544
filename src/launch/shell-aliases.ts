/** The short names that users of the seed know, and what each runs here. */

export interface ShellAlias {
  readonly name: string
  readonly runs: string
  /** What the name is already, for most people: such an alias is made only when it is asked for. */
  readonly otherwise?: string
}

export const shellAliases: readonly ShellAlias[] = [
  { name: 'cc', runs: 'xx cip', otherwise: 'the C compiler' },
  { name: 'ccc', runs: 'xx ccf' },
  { name: 'cc-debug', runs: 'xx cid' },
  { name: 'cc-direct', runs: 'xx cid' },
  { name: 'cc-ds', runs: 'xx cipd' },
  { name: 'cc-free', runs: 'xx cipf' },
  { name: 'hsi', runs: 'xx hip' },
  { name: 'hsr', runs: 'xx hcf' },
  { name: 'hsi-bp', runs: 'xx hib' },
  { name: 'hsi-ds', runs: 'xx hipd' },
  { name: 'hsi-direct', runs: 'xx hid' },
  { name: 'pi', runs: 'xx pip', otherwise: 'Pi itself' },
  { name: 'psi', runs: 'xx pip' },
  { name: 'psi-c', runs: 'xx pcf' },
  { name: 'psi-ds', runs: 'xx pipd' },
  { name: 'psi-free', runs: 'xx pipf' },
  { name: 'psi-direct', runs: 'xx pid' },
  { name: 'qw', runs: 'xx qip' },
  { name: 'qw-c', runs: 'xx qcf' },
  { name: 'qw-direct', runs: 'xx qid' },
  { name: 'codex-run', runs: 'xx xip' },
  { name: 'codex-res', runs: 'xx xcf' },
  { name: 'oc', runs: 'xx oip' },
  { name: 'ante', runs: 'xx aip', otherwise: 'Ante itself' },
  { name: 'ante-direct', runs: 'xx aid' },
  { name: 'antigravity', runs: 'xx gip' },
  { name: 'proxies-up', runs: 'proxies up' },
  { name: 'proxies-down', runs: 'proxies down' },
  { name: 'proxies-status', runs: 'proxies status' },
]

export interface ChosenAliases {
  readonly made: readonly ShellAlias[]
  /** Left out, with what they would hide. */
  readonly hiding: readonly { readonly alias: ShellAlias; readonly hides: string }[]
}

/** `programAt`: where a program of this name is; `wanted`: made whatever they hide. */
export function chooseAliases(
  programAt: (name: string) => string | undefined,
  wanted: ReadonlySet<string>,
): ChosenAliases {
  const judged = shellAliases.map((alias) => ({ alias, hides: programAt(alias.name) ?? alias.otherwise }))
  return {
    made: judged
      .filter(({ alias, hides }) => hides === undefined || wanted.has(alias.name))
      .map(({ alias }) => alias),
    hiding: judged.flatMap(({ alias, hides }) =>
      hides === undefined || wanted.has(alias.name) ? [] : [{ alias, hides }],
    ),
  }
}
