/** A run that failed must still read like one: some kept line has to say so. */

const words =
  /\b(?:fail\w*|errors?\b|panic\w*|exception|fatal|abort\w*|killed|denied|cannot|unable|undefined|timed out|not ok|issues?|problems?|would reformat|assert\w*)|[✗✘✕×✖]/i

/** `0 failed`, `no errors`: what is counted is not there. */
const none = /\b(?:0|no) (?:failed|failures?|errors?|problems?|issues?|failing)\b/gi

/** The line that stands for left-out ones says what they were, not how the run ended. */
const omission = /^\[\+\d+ lines hidden: /

export const tellsFailure = (line: string): boolean =>
  !omission.test(line) && words.test(line.slice(0, 1000).replace(none, ''))
