/** The working directory is found in what agents tell their models, in every spelling and nowhere else. */
import { describe, expect, it } from 'vitest'
import { declaredFolder, nearestFolder } from '../../src/compression/declared-folder.ts'

const shop = '/home/dev/shop'
const found = (said: string, folders: readonly string[] = [shop], ofTool = (_: number) => false) =>
  declaredFolder(Buffer.from(JSON.stringify({ system: said })), folders, ofTool)

describe('A working directory is found', () => {
  it.each([
    ` - Primary working directory: ${shop}\n - Is a git repository: true`,
    `Working directory: ${shop}/packages/cart\nPlatform: linux`,
    `<environment_context>\n  <cwd>${shop}</cwd>\n`,
    `I'm currently working in the directory: ${shop}\n`,
    `Current working directory: ${shop}`,
    `the current working directory is \`${shop}\`.`,
    `- **Workspace Directories:**\n  - ${shop}\n`,
    `Workspace root folder: ${shop}`,
    `{"cwd": "${shop}", "shell": "bash"}`,
    `Your current directory is ${shop}.`,
  ])('in %j', (said) => expect(found(said)).toBe(shop))

  it('in letters that are not ASCII, escaped or not', () => {
    const folder = '/home/jürgen/lädchen'
    expect(found(`Working directory: ${folder}/src`, [folder])).toBe(folder)
    const escaped = '{"system":"Working directory: /home/j\\u00fcrgen/l\\u00e4dchen\\n"}'
    expect(declaredFolder(Buffer.from(escaped), [folder], () => false)).toBe(folder)
  })

  it('as the project nearest above it, and the one that is named first', () => {
    expect(found(`Working directory: ${shop}/packages/cart`, [shop, `${shop}/packages`, '/home'])).toBe(
      `${shop}/packages`,
    )
    const said = `Working directory: ${shop}\nAdditional working directories:\n - /home/dev/bank`
    expect(found(said, ['/home/dev/bank', shop])).toBe(shop)
    expect(nearestFolder(`${shop}/packages/cart`, [shop, `${shop}/packages`])).toBe(`${shop}/packages`)
    expect(nearestFolder(`${shop}-old`, [shop])).toBeUndefined()
  })
})

describe('It is not found', () => {
  it.each([
    `Please look at ${shop} for me`,
    `Working directory: ${shop}-old`,
    `Working directory: ${shop}2`,
    `Working directory: ${shop}.old`,
    `Working directory: /srv${shop}`,
    'Working directory: /home/dev',
  ])('in %j', (said) => expect(found(said)).toBeUndefined())

  it('in what a tool said', () => {
    expect(found(`Working directory: ${shop}`, [shop], () => true)).toBeUndefined()
  })
})
