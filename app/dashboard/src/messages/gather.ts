/** Files become the first level of the messages' names: en/frame.json holds `frame.*`. */
export type Messages = Record<string, Record<string, unknown>>

export function gather(files: Record<string, Record<string, unknown>>): Messages {
  return Object.fromEntries(
    Object.entries(files).map(([path, messages]) => [path.replace(/^.*\/|\.json$/g, ''), messages]),
  )
}
