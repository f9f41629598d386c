// Which figures are near the window, and which are seen: two observers serve all figures of a page.

type Told = (is: boolean) => void;

function watcher(rootMargin: string): (element: Element, told: Told) => () => void {
  const listeners = new WeakMap<Element, Told>();
  let observer: IntersectionObserver | null = null;
  return (element, told) => {
    observer ??= new IntersectionObserver(
      (entries) => entries.forEach((it) => listeners.get(it.target)?.(it.isIntersecting)),
      { rootMargin },
    );
    listeners.set(element, told);
    observer.observe(element);
    return () => observer?.unobserve(element);
  };
}

/** Close enough to the window that loading should begin. */
export const watchNear = watcher("800px");

const watchInWindow = watcher("0px");

/** Seen: in the window, and the window's tab is the open one. */
export function watchSeen(element: Element, told: Told): () => void {
  let inside = false;
  const tell = () => told(inside && !document.hidden);
  const stop = watchInWindow(element, (is) => {
    inside = is;
    tell();
  });
  document.addEventListener("visibilitychange", tell);
  return () => {
    stop();
    document.removeEventListener("visibilitychange", tell);
  };
}
