// One sentence carried over to the page that follows a save: the grid it was said on is gone by then.

const KEY = "entry-said";

const pathOf = (url) => {
  const { pathname, search } = new URL(url, window.location.href);
  return pathname + search;
};

/** Leave `text` for the page at `url`. */
export function tellNextPage(text, url) {
  try {
    window.sessionStorage.setItem(KEY, JSON.stringify({ text, path: pathOf(url) }));
  } catch (error) {
    // A browser that forbids storage only loses the sentence: the saved rows are there to be seen.
  }
}

/** What was left for this page, "" if nothing. */
export function toldByLastPage() {
  try {
    const left = JSON.parse(window.sessionStorage.getItem(KEY) || "null");
    window.sessionStorage.removeItem(KEY);
    return left && left.path === pathOf(window.location.href) ? left.text : "";
  } catch (error) {
    return "";
  }
}
