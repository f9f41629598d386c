export interface RecordedRun {
  id: string;
  method: string;
  title: string;
  json: string;
  description: string;
}
export function recordedRuns(): RecordedRun[];
export function writePages(runs: RecordedRun[], out: string, site: string | null): void;
