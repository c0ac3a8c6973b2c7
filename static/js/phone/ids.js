// Ids that no two phones give: the server keeps what comes twice under one id only once.

/** 32 hex digits. crypto.randomUUID is missing on plain HTTP, getRandomValues is not. */
export function newId() {
  const bytes = window.crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
