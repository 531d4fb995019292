using System.Runtime.Serialization;
using System.Text;
using AkkaKv.Api;
using AkkaKv.Host.AkkaNet.Gateway;

namespace AkkaKv.Host.AkkaNet.Tests.Gateway;

/// <summary>What actors send to the gateway, and get back, as bytes.</summary>
public sealed class KvMessageTests
{
    [Fact]
    public void Requests_come_back_with_and_without_what_may_be_left_out()
    {
        RoundTrip(new KvGet("b", "k")).ShouldBe(new KvGet("b", "k"));
        RoundTrip(new KvGet("b", "ключ", 3)).ShouldBe(new KvGet("b", "ключ", 3));
        RoundTrip(new KvDelete("b", "k", "ctx", 2)).ShouldBe(new KvDelete("b", "k", "ctx", 2));
        var put = RoundTrip(new KvPut("b", "k", [0, 1, 255]));
        (put.Bucket, put.Key, put.ContentType, put.Context, put.W).ShouldBe(("b", "k", null, null, null));
        put.Value.ShouldBe([0, 1, 255]);
    }

    [Fact]
    public void Answers_without_context_or_error_were_refused_by_who_read_them()
    {
        KvGot nothing = RoundTrip(new KvGot([], null, null));
        (nothing.Values.Count, nothing.Context, nothing.Error).ShouldBe((0, null, null));
        RoundTrip(new KvWritten("ctx", 1, null)).ShouldBe(new KvWritten("ctx", 1, null));
    }

    [Fact]
    public void Answers_come_back_with_values_and_errors()
    {
        KvGot got = RoundTrip(new KvGot([new KvValue([1], "text/plain"), new KvValue([], null)], "ctx", null));
        got.Values.Select(value => (value.Value.Length, value.ContentType)).ShouldBe([(1, "text/plain"), (0, null)]);
        KvWritten failed = RoundTrip(new KvWritten(null, 0, new KvError(KvErrorCode.QuorumNotReached, "why", KvOutcome.Indeterminate, Needed: 2, Got: 1, Nodes: ["a"])));
        failed.Error.ShouldNotBeNull().Outcome.ShouldBe(KvOutcome.Indeterminate);
        failed.Error.Nodes.ShouldBe(["a"]);
    }

    [Theory]
    [InlineData("kp", "{}")]
    [InlineData("kp", "{\"Bucket\":\"b\",\"Key\":\"k\",\"Value\":null}")]
    [InlineData("kg", "{\"Bucket\":1}")]
    [InlineData("kg", "null")]
    [InlineData("kg", "nonsense")]
    public void What_is_malformed_is_refused(string manifest, string text) =>
        Should.Throw<SerializationException>(() => KvMessages.TryRead(manifest, Encoding.UTF8.GetBytes(text), out _));

    private static T RoundTrip<T>(T message)
        where T : class, IKvMessage
    {
        KvMessages.TryRead(KvMessages.ManifestOf(message), KvMessages.Write(message), out IKvMessage? back).ShouldBeTrue();
        return back.ShouldBeOfType<T>();
    }
}
