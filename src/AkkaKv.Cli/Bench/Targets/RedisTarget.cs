using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace AkkaKv.Cli.Bench.Targets;

/// <summary>
/// Redis over RESP2. A write is SET and WAIT in one send, and counts when WAIT reports enough replicas: W − 1 of them,
/// 1 by default. With <c>--w 1</c> it is SET alone.
/// </summary>
internal sealed class RedisTarget(BenchOptions options) : IBenchTarget
{
    public string Name => "redis";

    public IBenchSession Open(Uri endpoint) => new Session(options);

    private sealed class Session : IBenchSession
    {
        private readonly RequestTemplate _read;
        private readonly RequestTemplate _write;
        private readonly int _replicas;
        private readonly byte[] _key = new byte[BenchKey.Length];

        public Session(BenchOptions options)
        {
            _replicas = Math.Max(0, (options.W ?? 2) - 1);
            byte[] value = BenchKey.Value(options.ValueBytes, options.Seed);
            string keyHead = $"${BenchKey.Length}\r\n";
            _read = new RequestTemplate($"*2\r\n$3\r\nGET\r\n{keyHead}", BenchKey.Length, "\r\n"u8.ToArray());
            string wait = _replicas == 0 ? "" : $"*3\r\n$4\r\nWAIT\r\n{Bulk(_replicas)}{Bulk(options.WaitMillis)}";
            _write = new RequestTemplate(
                $"*3\r\n$3\r\nSET\r\n{keyHead}",
                BenchKey.Length,
                Encoding.ASCII.GetBytes($"\r\n${value.Length}\r\n"),
                value,
                Encoding.ASCII.GetBytes("\r\n" + wait));
        }

        public ReadOnlyMemory<byte> Request(OperationKind kind, int key)
        {
            BenchKey.Write(_key, key);
            return (kind == OperationKind.Read ? _read : _write).With(_key);
        }

        public Verdict Read(OperationKind kind, ReadOnlySpan<byte> received) => kind == OperationKind.Read ? ReadValue(received) : ReadWritten(received);

        private static string Bulk(int number)
        {
            string text = number.ToString(CultureInfo.InvariantCulture);
            return $"${text.Length}\r\n{text}\r\n";
        }

        private static Verdict ReadValue(ReadOnlySpan<byte> received)
        {
            int line = received.IndexOf("\r\n"u8);
            if (line < 0)
                return default;
            if (received[0] == '-')
                return new Verdict(Finding.Failed, line + 2, "redis error");
            if (received[0] != '$' || !Utf8Parser.TryParse(received[1..line], out int length, out _))
                throw new FormatException("not a RESP bulk string");
            if (length < 0)
                return new Verdict(Finding.Missed, line + 2);
            int end = line + 2 + length + 2;
            return received.Length < end ? default : new Verdict(Finding.Found, end);
        }

        private Verdict ReadWritten(ReadOnlySpan<byte> received)
        {
            int set = received.IndexOf("\r\n"u8);
            if (set < 0)
                return default;
            if (_replicas == 0)
                return received[0] == '+' ? new Verdict(Finding.Written, set + 2) : new Verdict(Finding.Failed, set + 2, "redis error");
            var rest = received[(set + 2)..];
            int wait = rest.IndexOf("\r\n"u8);
            if (wait < 0)
                return default;
            int consumed = set + 2 + wait + 2;
            if (received[0] != '+' || rest[0] != ':' || !Utf8Parser.TryParse(rest[1..wait], out int replicas, out _))
                return new Verdict(Finding.Failed, consumed, "redis error");
            return replicas >= _replicas ? new Verdict(Finding.Written, consumed) : new Verdict(Finding.Failed, consumed, "too few replicas");
        }
    }
}
