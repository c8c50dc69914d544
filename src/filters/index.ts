/** The filters on the shelf. First one whose command and content both fit reads the output. To add one: a file here, a line here. */
import { apt } from './apt.ts'
import { aptList } from './apt-list.ts'
import { biome } from './biome.ts'
import { cargo } from './cargo.ts'
import { cmake } from './cmake.ts'
import { compilers } from './compilers.ts'
import { curl } from './curl.ts'
import { dockerBuild } from './docker-build.ts'
import { du } from './du.ts'
import { eslint } from './eslint.ts'
import type { Filter } from './filter.ts'
import { ghLists } from './gh-lists.ts'
import { ghRunLog } from './gh-run-log.ts'
import { gitBlame } from './git-blame.ts'
import { gitBranch } from './git-branch.ts'
import { gitCommit } from './git-commit.ts'
import { gitDiff } from './git-diff.ts'
import { gitExchange } from './git-exchange.ts'
import { gitLog } from './git-log.ts'
import { gitStatus } from './git-status.ts'
import { goTest } from './go-test.ts'
import { golangci } from './golangci.ts'
import { grep } from './grep.ts'
import { jest } from './jest.ts'
import { kubectlDescribe } from './kubectl-describe.ts'
import { logs } from './logs.ts'
import { ls } from './ls.ts'
import { lsNames } from './ls-names.ts'
import { mocha } from './mocha.ts'
import { mypy } from './mypy.ts'
import { nodeTest } from './node-test.ts'
import { npmInstall } from './npm-install.ts'
import { npmLs } from './npm-ls.ts'
import { paths } from './paths.ts'
import { phpunit } from './phpunit.ts'
import { pipInstall } from './pip-install.ts'
import { playwright } from './playwright.ts'
import { prettier } from './prettier.ts'
import { pylint } from './pylint.ts'
import { pytest } from './pytest.ts'
import { rspec } from './rspec.ts'
import { ruff } from './ruff.ts'
import { tables } from './tables.ts'
import { terraform } from './terraform.ts'
import { tree } from './tree.ts'
import { tsc } from './tsc.ts'
import { unittest } from './unittest.ts'
import { vitest } from './vitest.ts'
import { wc } from './wc.ts'

export const filters: readonly Filter[] = [
  pytest,
  vitest,
  jest,
  mocha,
  nodeTest,
  unittest,
  rspec,
  phpunit,
  playwright,
  goTest,
  cargo,
  tsc,
  eslint,
  biome,
  prettier,
  mypy,
  pylint,
  ruff,
  golangci,
  cmake,
  compilers,
  gitStatus,
  gitLog,
  gitDiff,
  gitBlame,
  gitBranch,
  gitExchange,
  gitCommit,
  grep,
  ls,
  paths,
  npmLs,
  tree,
  du,
  npmInstall,
  pipInstall,
  aptList,
  apt,
  tables,
  lsNames,
  dockerBuild,
  terraform,
  kubectlDescribe,
  logs,
  ghRunLog,
  ghLists,
  curl,
  wc,
]
