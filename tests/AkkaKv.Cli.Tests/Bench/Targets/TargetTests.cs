using System.Text;
using System.Text.Json;
using AkkaKv.Cli.Bench;
using AkkaKv.Cli.Bench.Targets;

namespace AkkaKv.Cli.Tests.Bench.Targets;

public sealed class TargetTests
{
    private static readonly Uri Endpoint = new("http://127.0.0.1:7001");

    [Fact]
    public void AkkaKv_requests_are_whole_http_messages_with_the_key_in_place()
    {
        var session = new AkkaKvTarget(Options("akkakv") with { R = 2, W = 3 }).Open(Endpoint);

        string read = Text(session.Request(OperationKind.Read, 42));
        byte[] write = session.Request(OperationKind.Write, 7).ToArray();

        read.ShouldStartWith("GET /kv/bench/key-0000000042?r=2 HTTP/1.1\r\nHost: 127.0.0.1:7001\r\n");
        read.ShouldEndWith("\r\n\r\n");
        string head = Encoding.Latin1.GetString(write);
        head.ShouldStartWith("PUT /kv/bench/key-0000000007?lww=true&w=3 HTTP/1.1\r\n");
        head.ShouldContain("Content-Length: 10\r\n");
        (write.Length - head.IndexOf("\r\n\r\n", StringComparison.Ordinal) - 4).ShouldBe(10);
    }

    [Fact]
    public void Etcd_requests_are_json_with_base64()
    {
        var session = new EtcdTarget(Options("etcd") with { Serializable = true }).Open(Endpoint);

        string write = Text(session.Request(OperationKind.Write, 42));
        string read = Text(session.Request(OperationKind.Read, 42));

        string body = write[(write.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..];
        write.ShouldContain($"Content-Length: {body.Length}\r\n");
        using var document = JsonDocument.Parse(body);
        Encoding.ASCII.GetString(document.RootElement.GetProperty("key").GetBytesFromBase64()).ShouldBe("key-0000000042");
        document.RootElement.GetProperty("value").GetBytesFromBase64().Length.ShouldBe(10);
        read.ShouldStartWith("POST /v3/kv/range HTTP/1.1\r\n");
        read.ShouldEndWith(",\"serializable\":true}");
    }

    [Fact]
    public void Etcd_answers_tell_hits_from_misses_chunked_or_not()
    {
        var session = new EtcdTarget(Options("etcd")).Open(Endpoint);
        string chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nc\r\n{\"kvs\":[{}]}\r\n0\r\n\r\n";

        session.Read(OperationKind.Read, Bytes(chunked)).ShouldBe(new Verdict(Finding.Found, chunked.Length));
        session.Read(OperationKind.Read, Bytes("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")).Finding.ShouldBe(Finding.Missed);
        session.Read(OperationKind.Write, Bytes("HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n")).Error.ShouldBe("http 503");
    }

    [Fact]
    public void Redis_writes_are_set_and_wait_in_one_send()
    {
        var session = new RedisTarget(Options("redis")).Open(Endpoint);

        string write = Encoding.Latin1.GetString(session.Request(OperationKind.Write, 42).Span);

        write.ShouldStartWith("*3\r\n$3\r\nSET\r\n$14\r\nkey-0000000042\r\n$10\r\n");
        write.ShouldEndWith("\r\n*3\r\n$4\r\nWAIT\r\n$1\r\n1\r\n$4\r\n1000\r\n");
        Text(session.Request(OperationKind.Read, 1)).ShouldBe("*2\r\n$3\r\nGET\r\n$14\r\nkey-0000000001\r\n");
    }

    [Fact]
    public void A_redis_write_counts_when_enough_replicas_have_it()
    {
        var session = new RedisTarget(Options("redis")).Open(Endpoint);

        session.Read(OperationKind.Write, Bytes("+OK\r\n")).Finding.ShouldBe(Finding.Incomplete);
        session.Read(OperationKind.Write, Bytes("+OK\r\n:2\r\n")).ShouldBe(new Verdict(Finding.Written, 9));
        session.Read(OperationKind.Write, Bytes("+OK\r\n:0\r\n")).Error.ShouldBe("too few replicas");
        session.Read(OperationKind.Write, Bytes("-READONLY\r\n:0\r\n")).Error.ShouldBe("redis error");
        session.Read(OperationKind.Read, Bytes("$-1\r\n")).Finding.ShouldBe(Finding.Missed);
        session.Read(OperationKind.Read, Bytes("$3\r\nab")).Finding.ShouldBe(Finding.Incomplete);
        session.Read(OperationKind.Read, Bytes("$3\r\nabc\r\n")).ShouldBe(new Verdict(Finding.Found, 9));
    }

    [Fact]
    public void An_http_answer_is_incomplete_at_every_cut_and_whole_at_its_end()
    {
        string[] answers =
        [
            "HTTP/1.1 200 OK\r\nServer: x\r\ncontent-length: 5\r\nConnection: keep-alive\r\n\r\nhello",
            "HTTP/1.1 204 No Content\r\n\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;x=y\r\nhello\r\n0\r\n\r\n",
        ];
        foreach (string answer in answers)
        {
            for (int cut = 0; cut < answer.Length; cut++)
                HttpAnswer.TryRead(Bytes(answer).AsSpan(0, cut), out _).ShouldBeFalse($"{answer} cut at {cut}");
            HttpAnswer.TryRead(Bytes(answer), out var whole).ShouldBeTrue();
            whole.Consumed.ShouldBe(answer.Length);
            whole.Closes.ShouldBeFalse();
        }
    }

    [Fact]
    public void What_is_no_http_answer_is_said()
    {
        Should.Throw<FormatException>(() => HttpAnswer.TryRead("SSH-2.0-OpenSSH\r\n\r\n"u8, out _));
        Should.Throw<FormatException>(() => HttpAnswer.TryRead("HTTP/1.1 200 OK\r\n\r\n"u8, out _));
        HttpAnswer.TryRead("HTTP/1.1 503 Busy\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"u8, out var closing);
        closing.Closes.ShouldBeTrue();
    }

    private static BenchOptions Options(string target) => new() { Target = target, Endpoints = [Endpoint], ValueBytes = 10 };

    private static string Text(ReadOnlyMemory<byte> bytes) => Encoding.Latin1.GetString(bytes.Span);

    private static byte[] Bytes(string text) => Encoding.Latin1.GetBytes(text);
}
