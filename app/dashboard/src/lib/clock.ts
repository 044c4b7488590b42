/** The page's view of the time, ticking seldom. */
import { onScopeDispose, ref, type Ref } from 'vue'

export const now = (): number => Date.now() / 1000

/** Unix seconds, renewed every `seconds`. */
export function ticking(seconds = 1): Ref<number> {
  const time = ref(now())
  const timer = setInterval(() => {
    if (document.visibilityState === 'visible') time.value = now()
  }, seconds * 1000)
  onScopeDispose(() => clearInterval(timer))
  return time
}
