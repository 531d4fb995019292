using System.Globalization;
using System.Text;

namespace AkkaKv.Cli.Bench.Targets;

/// <summary>
/// AkkaKv over HTTP. Writes say <c>lww=true</c>: the peers overwrite, and a loop of writes without context would only
/// pile up siblings.
/// </summary>
internal sealed class AkkaKvTarget(BenchOptions options) : IBenchTarget
{
    public string Name => "akkakv";

    public IBenchSession Open(Uri endpoint) => new Session(endpoint, options);

    private sealed class Session : IBenchSession
    {
        private readonly RequestTemplate _read;
        private readonly RequestTemplate _write;
        private readonly byte[] _key = new byte[BenchKey.Length];

        public Session(Uri endpoint, BenchOptions options)
        {
            string reads = options.R is { } r ? $"?r={r}" : "";
            string writes = options.W is { } w ? $"&w={w}" : "";
            byte[] value = BenchKey.Value(options.ValueBytes, options.Seed);
            string host = $" HTTP/1.1\r\nHost: {endpoint.Authority}\r\n";
            _read = new RequestTemplate($"GET /kv/{options.Bucket}/", BenchKey.Length, Encoding.ASCII.GetBytes($"{reads}{host}Accept: application/json, */*;q=0.1\r\n\r\n"));
            string length = value.Length.ToString(CultureInfo.InvariantCulture);
            string tail = $"?lww=true{writes}{host}Content-Type: application/octet-stream\r\nContent-Length: {length}\r\n\r\n";
            _write = new RequestTemplate($"PUT /kv/{options.Bucket}/", BenchKey.Length, Encoding.ASCII.GetBytes(tail), value);
        }

        public ReadOnlyMemory<byte> Request(OperationKind kind, int key)
        {
            BenchKey.Write(_key, key);
            return (kind == OperationKind.Read ? _read : _write).With(_key);
        }

        public Verdict Read(OperationKind kind, ReadOnlySpan<byte> received)
        {
            if (!HttpAnswer.TryRead(received, out var answer))
                return default;
            var finding = (kind, answer.Status) switch
            {
                (OperationKind.Read, 200) => Finding.Found,
                (OperationKind.Read, 300) => Finding.FoundSiblings,
                (OperationKind.Read, 404) => Finding.Missed,
                (OperationKind.Write, 200 or 201 or 204) => Finding.Written,
                _ => Finding.Failed,
            };
            return new Verdict(finding, answer.Consumed, finding == Finding.Failed ? $"http {answer.Status}" : null, answer.Closes);
        }
    }
}
