/** Whether the browser says that every byte counts here. */
export function isSlow(): boolean {
  const network = (navigator as { connection?: { saveData?: boolean; effectiveType?: string } }).connection;
  return Boolean(network?.saveData || network?.effectiveType?.includes("2g"));
}
