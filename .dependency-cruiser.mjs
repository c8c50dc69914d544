/** The rooms, floor by floor. A room may use any room on a lower floor, and nothing else. */
const floors = [
  ['wire', 'conversation', 'world'],
  ['dialects', 'providers', 'agents', 'filters'],
  ['config'],
  ['policy', 'routing', 'compression', 'sandbox'],
  ['store'],
  ['gateway', 'scan'],
  ['server', 'launch', 'lifecycle'],
  ['cli', 'dashboard', 'watch'],
]
/** On the ground floor, what is said (conversation) and who carries it (world) may both speak of bytes (wire). */
const exceptions = { conversation: ['wire'], world: ['wire'] }

const src = (rooms) => `^src/(${rooms.join('|')})/`
const walls = floors.flatMap((rooms, floor) =>
  rooms.map((room) => ({
    name: `${room}-looks-down-only`,
    severity: 'error',
    from: { path: src([room]) },
    to: {
      path: src(
        floors
          .slice(floor)
          .flat()
          .filter((other) => other !== room && !(exceptions[room] ?? []).includes(other)),
      ),
    },
  })),
)

export default {
  forbidden: [
    ...walls,
    {
      name: 'judgement-knows-settings-only',
      comment: 'The effective configuration is a value; who read it from where is nobody’s business.',
      severity: 'error',
      from: { path: src(['policy', 'routing', 'compression', 'sandbox', 'gateway']) },
      to: { path: '^src/config/', pathNot: '^src/config/settings\\.ts$' },
    },
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    { name: 'no-orphans', severity: 'error', from: { orphan: true, pathNot: ['^src/main\\.ts$'] }, to: {} },
    {
      name: 'dialects-do-not-know-each-other',
      comment:
        'Two dialects meet only in the conversation. Otherwise we are back to one translator per pair.',
      severity: 'error',
      from: { path: '^src/dialects/([^/]+)/' },
      to: { path: '^src/dialects/[^/]+/', pathNot: '^src/dialects/$1/' },
    },
    {
      name: 'shelf-items-stand-alone',
      comment:
        'A provider, agent or filter imports its type, never a sibling. What filters share is in filters/text/.',
      severity: 'error',
      from: { path: '^src/(providers|agents|filters)/(?!index\\.ts$|text/)' },
      to: {
        path: '^src/(providers|agents|filters)/',
        pathNot: '^src/(providers/provider|agents/agent|filters/filter|filters/text/[^/]+)\\.ts$',
      },
    },
    {
      name: 'pure-rooms-touch-nothing',
      comment: 'Time, network, disk and processes come in through world/.',
      severity: 'error',
      from: {
        path: src([
          'wire',
          'conversation',
          'dialects',
          'providers',
          'agents',
          'filters',
          'routing',
          'policy',
          'compression',
          'sandbox',
        ]),
      },
      to: { dependencyTypes: ['core', 'npm'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node'] },
  },
}
