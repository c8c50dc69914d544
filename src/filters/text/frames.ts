/** Stack frames of a runtime or a library: never where the project's own mistake is. */

const places = [
  /^ *(?:at |❯ ).*(?:\(|[ /])node_modules\//,
  /^ *(?:at |❯ ).*(?:\(|[ /])?(?:node:internal|node:[a-z_/]+:\d+|internal\/)/,
  /^ *at \S[^()]* \(<anonymous>\)$/,
  /^ *at (?:async )?(?:Promise\.all \(index \d+\)|<anonymous>|new Promise \(<anonymous>\))$/,
]

/** A frame of JavaScript, as node, jest, vitest and playwright print it. */
export const isForeignFrame = (line: string): boolean =>
  line.length < 2000 && /^ *(?:at |❯ )/.test(line) && places.some((place) => place.test(line))
