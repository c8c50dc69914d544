/** Words with which a program tells of trouble. What a passing test printed stays when it has one of them. */

const words =
  /\b(?:warn(?:ing)?|deprecat\w*|error|fail(?:ed|ure)?|fatal|panic|exception|traceback|unhandled|segmentation fault|out of memory)\b/i

export const looksGrave = (line: string): boolean => words.test(line.slice(0, 1000))
