/** Something the person at the terminal can put right; they see the sentence and no stack. */
export class StartRefused extends Error {}
