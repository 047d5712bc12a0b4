const two = (value: number): string => String(value).padStart(2, "0");

/** A duration for people: `0.4s`, `12.3s`, `2m 05s`, `1h 02m`. */
export const formatDuration = (ms: number): string => {
  if (ms < 59_950) return `${(ms / 1000).toFixed(1)}s`;
  const seconds = Math.round(ms / 1000);
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes}m ${two(seconds % 60)}s`;
  return `${Math.floor(minutes / 60)}h ${two(minutes % 60)}m`;
};

/** A duration of which a few milliseconds matter: `12ms`, `3.1s`. */
export const preciseDuration = (ms: number): string =>
  ms < 1000 ? `${Math.round(ms)}ms` : formatDuration(ms);
