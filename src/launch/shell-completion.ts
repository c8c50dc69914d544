/**
 * What makes each shell complete our commands: it asks `clutch complete`, which knows codes, agents, profiles, models and
 * sessions. A candidate is a word, or a word, a tab and what it means.
 */

const bash = `
_clutch_complete() {
  local IFS=$'\\n' word
  COMPREPLY=()
  while read -r word; do COMPREPLY+=("$(printf '%q' "\${word%%$'\\t'*}")"); done < <(
    clutch complete -- "\${COMP_WORDS[@]:0:COMP_CWORD+1}" 2>/dev/null
  )
}
complete -o default -F _clutch_complete clutch xx proxies`

const zsh = `
_clutch_complete() {
  local -a found words_here
  local line
  words_here=("\${(@)words[1,CURRENT]}")
  while IFS= read -r line; do
    found+=("\${\${line%%$'\\t'*}//:/\\\\:}\${\${(M)line:#*$'\\t'*}:+:\${line#*$'\\t'}}")
  done < <(clutch complete -- "\${words_here[@]}" 2>/dev/null)
  if (( \${#found} )); then _describe clutch found; else _files; fi
}
(( $+functions[compdef] )) || { autoload -Uz compinit && compinit -i }
compdef _clutch_complete clutch xx proxies`

const fish = `
function __clutch_complete
  set -l words (commandline -opc) (commandline -ct)
  clutch complete -- $words 2>/dev/null
end
complete -c clutch -f -a '(__clutch_complete)'
complete -c xx -f -a '(__clutch_complete)'
complete -c proxies -f -a '(__clutch_complete)'`

export const completionCode = { bash, zsh, fish } as const
