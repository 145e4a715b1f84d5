// Nothing in; the main job of this package on real input, told step by step with what was measured, out.

import { relative } from 'node:path'
import { Command } from 'commander'
import type { CliContext } from './cli-context.ts'
import type { DemoListener } from './demo/run-demo.ts'
import { jsonText } from './json-text.ts'
import { createProgress } from './progress.ts'

const examples = `
Converts the churn model that ships with the package, serves it, takes it away, and tells what was measured.
Nothing is written but to the temporary folder, and nothing stays there.

Examples:
  tfjs-serving demo
  tfjs-serving demo --json
`

export function defineDemoCommand(context: CliContext): Command {
  return new Command('demo')
    .description('convert and serve a real model, and measure it, in under a minute')
    .option('--json', 'print what was measured as JSON')
    .addHelpText('after', examples)
    .action(({ json }: { readonly json?: boolean }) => showDemo(json === true, context))
}

async function showDemo(json: boolean, { stdout, stderr, signal }: CliContext): Promise<void> {
  const { runDemo } = await import('./demo/run-demo.ts')
  const { churnFile, readHeldOut } = await import('./demo/churn-example.ts')
  const story = await import('./demo/demo-text.ts')
  const rowCount = (await readHeldOut()).rows.length
  const progress = createProgress(stderr)
  let part = 0
  const tell = async (text: string): Promise<void> => {
    if (json) return
    progress.stop()
    const [title, ...rest] = text.split('\n')
    await stdout.write(`${stdout.style('bold', `${++part}. ${title}`)}\n${rest.join('\n')}\n`)
  }
  const listener: DemoListener = {
    onProgress: (fraction, message) => progress.report(fraction, message),
    onConverted: (report, durationMs) => tell(story.conversionText(report, durationMs)),
    onServing: (backend) => tell(story.servingText(backend)),
    onTraffic: (passes) => tell(story.trafficText(passes, rowCount)),
    onFallback: (fallback) => tell(story.fallbackText(fallback, rowCount)),
  }
  try {
    if (!json) await stdout.write(`${story.introductionText}\n`)
    const result = await runDemo(listener, signal)
    progress.stop()
    const modelFile = relative(process.cwd(), churnFile('model.joblib'))
    await stdout.write(json ? jsonText(result) : story.closingText(result, modelFile))
  } finally {
    progress.stop()
  }
}
