// What the real nvidia-smi wrote on machines of others, and where that is to be read; what `seen` does not name is filled in.
import type { SmiResult } from '../../../src/backend/host/nvidia-smi.ts'

export type SmiOutput = { readonly seen: string; readonly full: SmiResult; readonly old?: SmiResult }

function exited(exitCode: number, stdout: string): SmiResult {
  return { kind: 'exited', exitCode, stdout, stderr: '' }
}

const failedText =
  "NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver. Make sure that the latest NVIDIA driver is installed and running.\n\n"
const libraryText =
  "NVIDIA-SMI couldn't find libnvidia-ml.so library in your system. Please make sure that the NVIDIA Display Driver is properly installed and present in your system.\nPlease also try adding directory that contains libnvidia-ml.so to your system PATH.\n"

/** Exit codes are those of nvidia-smi(1), "RETURN VALUE"; rows are put into the order of our query. */
export const smiOutputs = {
  oneCard: {
    seen: 'name and UUID: NVIDIA/nvidia-docker#1628',
    full: exited(0, '0, Tesla T4, GPU-39cd9454-0976-646a-acef-01a35ad02034, 15360, 570.86.15, 7.5, 15095, [N/A]\n'),
  },
  twoCards: {
    seen: 'names, UUIDs, capabilities, driver: triton-inference-server/server#8070',
    full: exited(
      0,
      '0, NVIDIA TITAN V, GPU-b5169cef-2205-c30e-f2b3-220cfa14bafd, 12288, 570.86.15, 7.0, 12000, [N/A]\n' +
        '1, NVIDIA RTX 5880 Ada Generation, GPU-7518f6b0-991f-ce2b-3d37-c779130d3137, 49140, 570.86.15, 8.9, 48500, [N/A]\n',
    ),
  },
  hopper: {
    seen: 'name: NVIDIA/nvbandwidth#61; driver: huggingface/candle#2498',
    full: exited(
      0,
      '0, NVIDIA H100 80GB HBM3, GPU-8c35f4c9-4dff-c9a2-866f-afb5d82e1dd7, 81559, 550.107.02, 9.0, 81000, Disabled\n',
    ),
  },
  divided: {
    seen: 'name, memory, driver, in an unprivileged container: Stability-AI/StableSwarmUI#388; UUID: DataDog/datadog-agent#33120',
    full: exited(
      0,
      '0, NVIDIA A100-SXM4-80GB, GPU-7fdaf0a5-179b-f636-d15d-daf243e3ff16, [Insufficient Permissions], 535.161.08, 8.0, [Insufficient Permissions], Enabled\n',
    ),
  },
  sharedMemory: {
    seen: 'name, driver, memory that is not told: canonical/inference-snaps#143',
    full: exited(0, '0, NVIDIA GB10, GPU-47c7a371-2c58-4e34-9c1e-1c9a8c1a3f11, [N/A], 580.95.05, 12.1, [N/A], [N/A]\n'),
  },
  oldDriver: {
    seen: 'field and driver: huggingface/candle#733; exit code and blank line: CoHDI/composable-resource-operator#37; card: NVIDIA/nvidia-docker#1446',
    full: exited(2, 'Field "compute_cap" is not a valid field to query.\n\n'),
    old: exited(0, '0, Tesla T4, GPU-e1912edd-d305-14af-8049-dbe52736997c, 15109, 470.182.03\n'),
  },
  oldTool: {
    seen: 'field, driver, memory: canonical/inference-snaps#89, nvidia-smi 470.256.02 on a machine with driver 580.95.05',
    full: exited(2, 'Field "compute_cap" is not a valid field to query.\n\n'),
    old: exited(0, '0, NVIDIA RTX PRO 1000 Blackwell, GPU-a230e637-c9e1-1b61-3830-a437b874d88d, 8151, 580.95.05\n'),
  },
  maxwell: {
    seen: 'name, memory, driver: degrado-lab/easyMD#11',
    full: exited(0, '0, Quadro K620, GPU-67a571b1-79ee-1016-8ea3-c1fff3f1c1d2, 2048, 550.163.01, 5.0, 1600, [N/A]\n'),
  },
  noDriver: { seen: 'ci-for-research/self-hosted-runners#40', full: exited(9, failedText) },
  noLibrary: { seen: 'NVIDIA/nvidia-docker#1163', full: exited(12, libraryText) },
  mismatch: {
    seen: 'intel/llvm#17614',
    full: exited(18, 'Failed to initialize NVML: Driver/library version mismatch\nNVML library version: 550.144\n'),
  },
  noDevices: { seen: 'beasteers/singuconda#6', full: exited(6, 'No devices were found\n') },
  noPermission: {
    seen: 'NVIDIA/nvidia-container-toolkit#33',
    full: exited(4, 'Failed to initialize NVML: Insufficient Permissions\n'),
  },
  lostByContainer: {
    seen: 'microsoft/ltp-platform#50: after systemctl daemon-reload',
    full: exited(255, 'Failed to initialize NVML: Unknown Error\n'),
  },
  lostCard: {
    seen: 'NVIDIA/nvidia-container-toolkit#69',
    full: exited(255, 'Unable to determine the device handle for GPU0000:65:00.0: Unknown Error\n'),
  },
  missing: { seen: 'a machine without the driver', full: { kind: 'missing' } },
} as const satisfies Readonly<Record<string, SmiOutput>>

export type SmiOutputName = keyof typeof smiOutputs

/** Answers as nvidia-smi did there. */
export function answerAs(name: SmiOutputName): (command: readonly string[]) => SmiResult {
  const { full, old = full }: SmiOutput = smiOutputs[name]
  return ([program, query = '']) => {
    if (program !== 'nvidia-smi') return { kind: 'missing' }
    return query.includes('compute_cap') ? full : old
  }
}
