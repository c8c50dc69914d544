/** The shelf: every provider known without configuration, in the order they are listed to people. */
import { anthropic } from './anthropic.ts'
import { azureOpenai } from './azure-openai.ts'
import { cerebras } from './cerebras.ts'
import { deepseek } from './deepseek.ts'
import { fireworks } from './fireworks.ts'
import { gemini } from './gemini.ts'
import { groq } from './groq.ts'
import { llamaCpp } from './llama-cpp.ts'
import { lmstudio } from './lmstudio.ts'
import { minimax } from './minimax.ts'
import { minimaxCn } from './minimax-cn.ts'
import { mistral } from './mistral.ts'
import { moonshot } from './moonshot.ts'
import { moonshotCn } from './moonshot-cn.ts'
import { nvidia } from './nvidia.ts'
import { ollama } from './ollama.ts'
import { openai } from './openai.ts'
import { opencodeZen } from './opencode-zen.ts'
import { openrouter } from './openrouter.ts'
import type { Provider } from './provider.ts'
import { qwen } from './qwen.ts'
import { qwenCn } from './qwen-cn.ts'
import { requesty } from './requesty.ts'
import { sandbox } from './sandbox.ts'
import { together } from './together.ts'
import { vllm } from './vllm.ts'
import { xai } from './xai.ts'
import { zai } from './zai.ts'
import { zaiCoding } from './zai-coding.ts'
import { zhipu } from './zhipu.ts'

export const providers: readonly Provider[] = [
  anthropic,
  openai,
  azureOpenai,
  gemini,
  openrouter,
  deepseek,
  moonshot,
  moonshotCn,
  zai,
  zaiCoding,
  zhipu,
  minimax,
  minimaxCn,
  qwen,
  qwenCn,
  groq,
  cerebras,
  nvidia,
  mistral,
  xai,
  together,
  fireworks,
  requesty,
  opencodeZen,
  ollama,
  lmstudio,
  vllm,
  llamaCpp,
  sandbox,
]

/** By id. */
export const shelf: Readonly<Record<string, Provider>> = Object.fromEntries(
  providers.map((provider) => [provider.id, provider]),
)
