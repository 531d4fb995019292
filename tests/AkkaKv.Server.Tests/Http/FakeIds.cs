using AkkaKv.Api;

namespace AkkaKv.Server.Tests.Http;

/// <summary>Counts up from the largest 63-bit numbers, so that a reader who loses digits is noticed.</summary>
internal sealed class FakeIds : IIdService
{
    private long _next = long.MaxValue - 100_000;

    public IdsReply? Answer { get; init; }

    public ValueTask<IdsReply> NextAsync(IdScheme scheme, int count, CancellationToken cancellation) =>
        new(Answer ?? new IdsReply([.. Enumerable.Range(0, count).Select(_ => $"{_next++}")]));

    public ValueTask<SnowflakeReply> DecodeAsync(long id, CancellationToken cancellation) =>
        new(new SnowflakeReply(new SnowflakeInfo(id, new DateTimeOffset(2027, 1, 2, 3, 4, 5, 678, TimeSpan.Zero), 1, 2, 3)));
}
