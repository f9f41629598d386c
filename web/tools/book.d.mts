/** A copy of the book with the recorded runs that it names, and where it lies. */
export function prepare(): string;
/** The files of the runs that chapters name. */
export function runs(): string[];
export function markChapters(out: string, site: string | null): void;
