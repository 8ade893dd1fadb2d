// Why a goroutine is parked, one name per blocking call: deadlock reports and dumps are made of these. Go's words where
// Go has the wait. Go: runtime/runtime2.go, waitReasonStrings.

export type WaitReason =
  | "chan send"
  | "chan receive"
  | "select"
  | "select (no cases)"
  | "sleep"
  | "IO wait"
  | "join"
  | "runnable"
  | "running"
  | "async function"
  | "sync.Mutex.Lock"
  | "sync.RWMutex.Lock"
  | "sync.RWMutex.RLock"
  | "sync.WaitGroup.Wait"
  | "sync.Cond.Wait"
  | "sync.Once.Do"
  | "semaphore.Acquire"
  | "singleflight.Do"
  | "rate.Wait";
