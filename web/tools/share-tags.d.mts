export function siteAddress(said?: string): string | null;
