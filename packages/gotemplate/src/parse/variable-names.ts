/** The variables that are visible at a place of a template; asking takes the same time however many there are. */
export class VariableNames {
  readonly #names: string[] = ['$'];
  readonly #counts = new Map([['$', 1]]);

  get mark(): number {
    return this.#names.length;
  }

  declare(name: string): void {
    this.#names.push(name);
    this.#counts.set(name, (this.#counts.get(name) ?? 0) + 1);
  }

  has(name: string): boolean {
    return (this.#counts.get(name) ?? 0) > 0;
  }

  /** Forgets what was declared after `mark` was what it is now. */
  forget(mark: number): void {
    for (const name of this.#names.splice(mark)) this.#counts.set(name, (this.#counts.get(name) ?? 0) - 1);
  }
}
