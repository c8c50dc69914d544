/** curl and wget: the answer, its status and its headers; not the handshake and the progress meter. */
import type { Filter } from './filter.ts'
import { noiseFilter } from './text/noise-filter.ts'

export const curl: Filter = noiseFilter({
  id: 'curl',
  suggests: ({ program }) => ['curl', 'wget', 'http', 'https', 'xh'].includes(program),
  noise: [
    ['progress', /^ {2}% Total {4}% Received|^ {33}Dload +Upload/],
    [
      'progress',
      /^ *\d{1,3} +[\d.]+[kMGT]? +\d{1,3} +[\d.]+[kMGT]? +\d{1,3} .{0,60}(?:--:--:--|\d+:\d\d:\d\d) /,
    ],
    ['progress', /^ *\d+K [ .,]{10,}\d{1,3}% +[\d.]+[KMG]|^\S{1,80} +\d{1,3}%\[=*>? *\] /],
    [
      'the handshake',
      /^\* (?:TLSv[\d.]+ \((?:IN|OUT)\), |ALPN: | CAfile: | CApath: |using HTTP\/\d|\[HTTP\/2\] )/,
    ],
    ['the handshake', /^\* {2}(?:start date|subjectAltName|issuer|subject): |^[{}] \[\d+ bytes data\]$/],
    [
      'the connection',
      /^\* (?:Mark bundle as |Connection #\d+ to host |Connection state changed|Copying HTTP\/2 data|Using Stream ID|old SSL session ID|IPv[46]: )/,
    ],
  ],
  examples: [
    {
      name: 'a request with everything told',
      commandLine: 'curl -v https://shop.example.org/health',
      output: `  % Total    % Received % Xferd  Average Speed   Time    Time     Time  Current
                                 Dload  Upload   Total   Spent    Left  Speed
  0     0    0     0    0     0      0      0 --:--:-- --:--:-- --:--:--     0
* Host shop.example.org:443 was resolved.
*   Trying 192.0.2.7:443...
* Connected to shop.example.org (192.0.2.7) port 443
* ALPN: curl offers h2,http/1.1
} [5 bytes data]
* TLSv1.3 (OUT), TLS handshake, Client hello (1):
* TLSv1.3 (IN), TLS handshake, Server hello (2):
* SSL certificate verify ok.
> GET /health HTTP/2
> Host: shop.example.org
< HTTP/2 503
< content-type: application/json
{"db":"down"}`,
      becomes: `[+3 lines hidden: progress — clutch show r7f3a2]
* Host shop.example.org:443 was resolved.
*   Trying 192.0.2.7:443...
* Connected to shop.example.org (192.0.2.7) port 443
[+4 lines hidden: the handshake — clutch show r7f3a2]
* SSL certificate verify ok.
> GET /health HTTP/2
> Host: shop.example.org
< HTTP/2 503
< content-type: application/json
{"db":"down"}`,
    },
  ],
})
