// What nvidia-smi printed in; the cards that it lists, or why it lists none and what mends that, out.

export type NvidiaCard = {
  /** As nvidia-smi counts, in the order of the PCI bus. */
  readonly index: number
  readonly name: string
  /** GPU-… or MIG-…; CUDA_VISIBLE_DEVICES takes it too. */
  readonly uuid: string
  /** Absent where the driver does not tell, as for the parts of a divided card in a container. */
  readonly memoryByteLength?: number
  readonly freeByteLength?: number
  readonly driverVersion: string
  /** Such as 8.6; absent where this nvidia-smi does not know the field. */
  readonly computeCapability?: string
  /** True where the card is divided by MIG: programs get one of its parts, never the whole. */
  readonly isDivided: boolean
}

/** Why there is no list of cards. */
export type NvidiaProblem =
  | 'no-tool'
  | 'no-driver'
  | 'no-library'
  | 'version-mismatch'
  | 'no-permission'
  | 'no-cards'
  | 'card-lost'
  | 'timed-out'
  | 'unknown'

export type NvidiaFinding =
  | { readonly kind: 'cards'; readonly cards: readonly NvidiaCard[] }
  | {
      readonly kind: 'none'
      readonly problem: NvidiaProblem
      /** In one line, as nvidia-smi says it where it says something. */
      readonly text: string
      /** One line: what to do. */
      readonly remedy: string
    }

/** Known since driver 510; of the drivers before it only the version matters, which is too old. */
export const fullFields = [
  'index',
  'name',
  'uuid',
  'memory.total',
  'driver_version',
  'compute_cap',
  'memory.free',
  'mig.mode.current',
] as const

export const oldFields = fullFields.slice(0, 5)

const remedies: Readonly<Record<NvidiaProblem, string>> = {
  'no-tool':
    "install NVIDIA's driver (Ubuntu: sudo ubuntu-drivers install, then reboot); in a container, start it with the card (docker run --gpus all)",
  'no-driver':
    'the kernel has not loaded the driver: reboot after installing it; where Secure Boot is on, enrol its key',
  'no-library':
    'in a container, start it with NVIDIA_DRIVER_CAPABILITIES=compute,utility; elsewhere reinstall the driver',
  'version-mismatch': 'the driver was updated while it ran: reboot',
  'no-permission':
    'this user or container may not open /dev/nvidia*: start the container with the card (docker run --gpus all), or restart it where it has lost it',
  'no-cards':
    'check that the card sits in this machine (lspci | grep -i nvidia) and is handed to this container or virtual machine',
  'card-lost': 'the card does not answer: reboot; if it happens again check its power and cooling',
  'timed-out': 'the driver hangs: reboot',
  unknown: 'run nvidia-smi yourself, and mend what it says',
}

/** Texts of nvidia-smi, and its exit codes (its manual page, "Return value") for texts that are not known. */
const problems: readonly { readonly problem: NvidiaProblem; readonly text: RegExp; readonly exitCode?: number }[] = [
  { problem: 'version-mismatch', text: /Driver\/library version mismatch/i },
  { problem: 'no-driver', text: /couldn.t communicate with the NVIDIA driver/i, exitCode: 9 },
  { problem: 'no-library', text: /couldn.t find libnvidia-ml/i, exitCode: 12 },
  { problem: 'no-cards', text: /No devices were found/i, exitCode: 6 },
  { problem: 'card-lost', text: /Unable to determine the device handle|GPU is lost|fallen off the bus/i, exitCode: 15 },
  {
    problem: 'no-permission',
    text: /Insufficient Permissions|blocked by the operating system|Failed to initialize NVML: Unknown Error/i,
    exitCode: 4,
  },
]

/** No tool says more than a line or two about a problem, or gives a card a longer name. */
const maxTextLength = 200

export function noCards(problem: NvidiaProblem, text: string): NvidiaFinding {
  return { kind: 'none', problem, text: oneLine(text), remedy: remedies[problem] }
}

/** True where a field of the query is newer than this nvidia-smi, which may be older than the driver in some containers. */
export function isUnknownField(text: string): boolean {
  return /is not a valid field to query/i.test(text)
}

/** `text` is all that it wrote for `fields`, in `csv,noheader,nounits`. */
export function readCards(text: string, fields: readonly string[], exitCode: number): NvidiaFinding {
  // warnings about single cards may stand between the rows, and a failing card makes the exit code one of failure
  const cards = text.split('\n').flatMap((line) => readCard(line, fields) ?? [])
  if (cards.length > 0) return { kind: 'cards', cards }
  const known = problems.find((entry) => entry.text.test(text)) ?? problems.find((entry) => entry.exitCode === exitCode)
  const said = text.trim() === '' ? `nvidia-smi ended with code ${exitCode} and said nothing` : text
  return noCards(known?.problem ?? 'unknown', said)
}

function readCard(line: string, fields: readonly string[]): NvidiaCard | undefined {
  const parts = line.split(',').map((part) => part.trim())
  const surplus = parts.length - fields.length
  if (surplus < 0) return undefined
  // nothing is quoted, and of all fields only a name could have commas
  const [index = '', ...rest] = parts
  const values = [index, rest.slice(0, surplus + 1).join(', '), ...rest.slice(surplus + 1)]
  const value = (field: string): string => values[fields.indexOf(field)] ?? ''
  const uuid = value('uuid')
  const driverVersion = value('driver_version')
  if (!/^\d{1,4}$/.test(index) || !/^(GPU|MIG)-[\w/-]{1,100}$/.test(uuid) || !/^\d+(\.\d+){1,3}$/.test(driverVersion))
    return undefined
  const memoryByteLength = mebibytes(value('memory.total'))
  const freeByteLength = mebibytes(value('memory.free'))
  const computeCapability = /^\d+\.\d+$/.exec(value('compute_cap'))?.[0]
  return {
    index: Number(index),
    name: oneLine(value('name')),
    uuid,
    ...(memoryByteLength !== undefined && { memoryByteLength }),
    ...(freeByteLength !== undefined && { freeByteLength }),
    driverVersion,
    ...(computeCapability !== undefined && { computeCapability }),
    isDivided: value('mig.mode.current') === 'Enabled' || uuid.startsWith('MIG-'),
  }
}

/** Undefined for [N/A], [Not Supported], [Insufficient Permissions], [Unknown Error] and the like. */
function mebibytes(text: string): number | undefined {
  const count = /^(\d{1,9})(?: MiB)?$/.exec(text)?.[1]
  return count === undefined ? undefined : Number(count) * 2 ** 20
}

/** Without what would move a terminal's cursor. */
function oneLine(text: string): string {
  return text
    .replace(/[\p{Cc}\p{Cf}\s]+/gu, ' ')
    .trim()
    .slice(0, maxTextLength)
}
