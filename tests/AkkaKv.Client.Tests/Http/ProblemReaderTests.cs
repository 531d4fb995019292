using AkkaKv.Api;
using AkkaKv.Fakes;

namespace AkkaKv.Client.Tests.Http;

public sealed class ProblemReaderTests
{
    [Fact]
    public async Task Every_error_code_comes_back_through_its_slug()
    {
        foreach (var code in Enum.GetValues<KvErrorCode>())
        {
            using var node = new FakeNode(_ => FakeAnswer.Problem(503, new KvError(code, "").Slug, "not-attempted", retryable: false));
            using var client = new AkkaKvClient(new AkkaKvClientOptions { Endpoints = [node.Url] }, new ShortTime(), new Random(1));

            var put = await client.PutAsync(EntryKey.FromText("b", "k"), new PutRequest("v"u8.ToArray()), RequestOptions.Default, CancellationToken.None);

            put.Error!.Code.ShouldBe(code);
        }
    }

    [Theory]
    [InlineData(400, KvErrorCode.InvalidMetadata, KvOutcome.NotAttempted)]
    [InlineData(409, KvErrorCode.TooManySiblings, KvOutcome.NotAttempted)]
    [InlineData(413, KvErrorCode.ValueTooLarge, KvOutcome.NotAttempted)]
    [InlineData(429, KvErrorCode.Busy, KvOutcome.NotAttempted)]
    [InlineData(500, KvErrorCode.NotReady, KvOutcome.Indeterminate)]
    public async Task Without_problem_details_the_status_decides(int status, KvErrorCode code, KvOutcome outcome)
    {
        using var node = new FakeNode(_ => new FakeAnswer(status, []));
        using var client = new AkkaKvClient(new AkkaKvClientOptions { Endpoints = [node.Url], AttemptsMax = 1 }, new ShortTime(), new Random(1));

        var put = await client.PutAsync(EntryKey.FromText("b", "k"), new PutRequest("v"u8.ToArray()), RequestOptions.Default, CancellationToken.None);

        put.Error!.Code.ShouldBe(code);
        put.Error.Outcome.ShouldBe(outcome);
    }
}
