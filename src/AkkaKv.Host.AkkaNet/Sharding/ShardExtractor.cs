using Akka.Cluster.Sharding;

namespace AkkaKv.Host.AkkaNet.Sharding;

/// <summary>Entities and shards are one to one: both have the envelope's name.</summary>
internal sealed class ShardExtractor : IMessageExtractor
{
    /// <inheritdoc/>
    public string? EntityId(object message) => message switch
    {
        ReplicaEnvelope envelope => envelope.Shard,
        ShardProbe probe => probe.Shard,
        _ => null,
    };

    /// <inheritdoc/>
    public object? EntityMessage(object message) => message;

    /// <inheritdoc/>
    public string? ShardId(object message) => EntityId(message);

    /// <inheritdoc/>
    public string ShardId(string entityId, object? messageHint = null) => entityId;
}
