using System.Net;
using AkkaKv.Host.AkkaNet.Hosting;
using AkkaKv.Host.Settings;

namespace AkkaKv.Host.AkkaNet.Tests.Support;

/// <summary>A cluster of one node.</summary>
internal static class SoloNode
{
    public static AkkaKvOptions OptionsOf(string directory, params IEnumerable<(string Name, string Value)> more) => AkkaKvOptions.Of(
        new Dictionary<string, string>
        {
            ["Cluster:N"] = "1",
            ["Cluster:R"] = "1",
            ["Cluster:W"] = "1",
            ["Cluster:Partitions"] = "16",
            ["Cluster:Members:0:Name"] = "solo",
            ["Cluster:Members:0:Endpoint"] = "127.0.0.1:4053",
            ["Node:Name"] = "solo",
            ["Node:DataDirectory"] = directory,
            ["Node:Loops"] = "1",
        }.Concat(more.Select(setting => KeyValuePair.Create(setting.Name, setting.Value))));

    /// <summary>Starts it in an actor system of its own, at a port that the machine chooses.</summary>
    public static async Task<OwnActorSystem> StartAsync(AkkaKvOptions options, Action<NodeEvent>? log = null)
    {
        NodeSettings settings = options.Settings with { Node = options.Settings.Node with { PeerListen = new IPEndPoint(IPAddress.Loopback, 0) } };
        OwnActorSystem system = OwnActorSystem.Create(AkkaKvOptions.Of(settings) with { Log = log });
        try
        {
            await system.StartAsync(store => Task.FromResult((store.Configuration, false)));
            return system;
        }
        catch
        {
            await system.DisposeAsync();
            throw;
        }
    }
}
