/** What systemd and launchd are told so that they start the gateway at login. Pure. */

export interface ServiceOrder {
  /** The command line that starts this program, without a verb. */
  readonly program: readonly string[]
  readonly home: string
  readonly stateFolder: string
  /** Variables that the service needs and would not inherit: XX_HOME. */
  readonly env: Readonly<Record<string, string>>
}

export const unitName = 'clutch.service'
export const agentLabel = 'dev.clutch.gateway'

/**
 * The unit forks: `up` starts the daemon and returns, the file with its number says which process to watch, so that a
 * restart by hand (`clutch restart`) is followed and not fought.
 */
export function systemdUnit({ program, stateFolder, env }: ServiceOrder): string {
  const command = (...words: readonly string[]): string => [...program, ...words].map(systemdWord).join(' ')
  return `[Unit]
Description=Clutch, a gateway between coding agents and models
After=network-online.target

[Service]
Type=forking
PIDFile=${stateFolder.replaceAll('%', '%%')}/daemon.pid
ExecStart=${command('up')}
ExecReload=${command('restart')}
ExecStop=${command('down', '--grace', '20')}
TimeoutStopSec=40
Restart=on-failure
RestartSec=2
${Object.entries(env)
  .map(([name, value]) => `Environment=${systemdWord(`${name}=${value}`)}\n`)
  .join('')}
[Install]
WantedBy=default.target
`
}

/** In double quotes; `%` and `$` mean something to systemd. */
const systemdWord = (word: string): string =>
  `"${word.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('%', '%%').replaceAll('$', '$$$$')}"`

/** launchd watches the process it started, so that one is the gateway itself. */
export function launchdAgent({ program, home, stateFolder, env }: ServiceOrder): string {
  const strings = [...program, 'daemon'].map((word) => `    <string>${xml(word)}</string>\n`)
  const variables = Object.entries(env).map(
    ([name, value]) => `    <key>${xml(name)}</key>\n    <string>${xml(value)}</string>\n`,
  )
  return `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
<dict>
  <key>Label</key>
  <string>${agentLabel}</string>
  <key>ProgramArguments</key>
  <array>
${strings.join('')}  </array>
  <key>WorkingDirectory</key>
  <string>${xml(home)}</string>
  <key>EnvironmentVariables</key>
  <dict>
${variables.join('')}  </dict>
  <key>RunAtLoad</key>
  <true/>
  <key>KeepAlive</key>
  <dict>
    <key>SuccessfulExit</key>
    <false/>
  </dict>
  <key>AbandonProcessGroup</key>
  <true/>
  <key>ExitTimeOut</key>
  <integer>40</integer>
  <key>StandardErrorPath</key>
  <string>${xml(stateFolder)}/daemon.log</string>
</dict>
</plist>
`
}

const xml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
