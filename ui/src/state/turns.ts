// Answers to a question that is asked again whenever something changed. Each is taken, unless that of a later question was
// taken before: so what changes faster than it can be answered is shown all the same, and never goes back.

export class Turns {
  #asked = 0;
  #taken = 0;

  /** Asks once more; the answer is to be taken if what this returns says so when it is there. */
  ask(): () => boolean {
    const mine = ++this.#asked;
    return () => {
      if (mine < this.#taken) return false;
      this.#taken = mine;
      return true;
    };
  }
}
