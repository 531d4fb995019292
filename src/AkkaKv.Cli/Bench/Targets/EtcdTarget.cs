using System.Globalization;
using System.Text;

namespace AkkaKv.Cli.Bench.Targets;

/// <summary>etcd through its HTTP/JSON gateway (v3): keys and values in base64. Reads are linearizable unless asked otherwise.</summary>
internal sealed class EtcdTarget(BenchOptions options) : IBenchTarget
{
    public string Name => "etcd";

    public IBenchSession Open(Uri endpoint) => new Session(endpoint, options);

    private sealed class Session : IBenchSession
    {
        private readonly RequestTemplate _read;
        private readonly RequestTemplate _write;
        private readonly byte[] _key = new byte[BenchKey.Length];
        private readonly byte[] _encoded = new byte[(BenchKey.Length + 2) / 3 * 4];

        public Session(Uri endpoint, BenchOptions options)
        {
            string serializable = options.Serializable ? ",\"serializable\":true" : "";
            _read = Template(endpoint, "range", serializable + "}");
            string value = Convert.ToBase64String(BenchKey.Value(options.ValueBytes, options.Seed));
            _write = Template(endpoint, "put", $",\"value\":\"{value}\"}}");
        }

        public ReadOnlyMemory<byte> Request(OperationKind kind, int key)
        {
            BenchKey.Write(_key, key);
            System.Buffers.Text.Base64.EncodeToUtf8(_key, _encoded, out _, out _);
            return (kind == OperationKind.Read ? _read : _write).With(_encoded);
        }

        public Verdict Read(OperationKind kind, ReadOnlySpan<byte> received)
        {
            if (!HttpAnswer.TryRead(received, out var answer))
                return default;
            if (answer.Status != 200)
                return new Verdict(Finding.Failed, answer.Consumed, $"http {answer.Status}", answer.Closes);
            var finding = kind == OperationKind.Write ? Finding.Written
                : answer.Body.IndexOf("\"kvs\""u8) >= 0 ? Finding.Found
                : Finding.Missed;
            return new Verdict(finding, answer.Consumed, null, answer.Closes);
        }

        private RequestTemplate Template(Uri endpoint, string call, string afterKey)
        {
            const string beforeKey = "{\"key\":\"";
            string length = (beforeKey.Length + _encoded.Length + 1 + afterKey.Length).ToString(CultureInfo.InvariantCulture);
            string head = $"POST /v3/kv/{call} HTTP/1.1\r\nHost: {endpoint.Authority}\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n";
            return new RequestTemplate(head + beforeKey, _encoded.Length, Encoding.ASCII.GetBytes("\"" + afterKey));
        }
    }
}
