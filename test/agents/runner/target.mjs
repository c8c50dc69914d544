// What this machine is called in the names of platform packages.
const rustTriples = {
  'linux-x64': 'x86_64-unknown-linux-musl',
  'linux-arm64': 'aarch64-unknown-linux-musl',
  'darwin-x64': 'x86_64-apple-darwin',
  'darwin-arm64': 'aarch64-apple-darwin',
}

const name = `${process.platform}-${process.arch}`

export const target = {
  name,
  arch: process.arch,
  rustTriple: rustTriples[name] ?? 'unknown',
  /** Every agent publishes a package for these. */
  supported: name in rustTriples,
}
