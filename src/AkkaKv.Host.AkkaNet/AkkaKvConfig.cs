using Akka.Cluster.Sharding;
using Akka.Cluster.Tools.Client;
using Akka.Cluster.Tools.PublishSubscribe;
using Akka.Cluster.Tools.Singleton;
using Akka.Configuration;
using Akka.DistributedData;

namespace AkkaKv.Host.AkkaNet;

/// <summary>The HOCON that comes with AkkaKv.</summary>
public static class AkkaKvConfig
{
    /// <summary>What any actor system with AkkaKv needs, <c>hocon/base.conf</c>: to be a fallback of the program's own.</summary>
    public static Config Base { get; } = Load();

    private static Config Load()
    {
        using Stream stream = typeof(AkkaKvConfig).Assembly.GetManifestResourceStream("AkkaKv.base.conf")!;
        using var reader = new StreamReader(stream);

        // What these parts of Akka.NET bring, from the start: their serializers must be known before their first message.
        return ConfigurationFactory.ParseString(reader.ReadToEnd())
            .WithFallback(ClusterSharding.DefaultConfig())
            .WithFallback(ClusterSingleton.DefaultConfig())
            .WithFallback(ClusterClientReceptionist.DefaultConfig())
            .WithFallback(DistributedPubSub.DefaultConfig())
            .WithFallback(DistributedData.DefaultConfig());
    }
}
