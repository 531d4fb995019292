using AkkaKv.Api;

namespace AkkaKv.Host.Doors;

/// <summary>The ids of a node that is starting or stopping: none.</summary>
internal sealed class ClosedIds(KvError error) : IIdService
{
    public ValueTask<IdsReply> NextAsync(IdScheme scheme, int count, CancellationToken cancellation) => new(IdsReply.Failed(error));

    public ValueTask<SnowflakeReply> DecodeAsync(long id, CancellationToken cancellation) => new(new SnowflakeReply(null, error));
}
