using Akka.Actor;
using Akka.Cluster;
using Akka.Configuration;
using AkkaKv.Host.AkkaNet;

namespace AkkaKv.AkkaNet.Benchmarks;

/// <summary>Actor systems on loopback, in one Akka cluster.</summary>
internal static class Systems
{
    private static readonly Config Quiet = ConfigurationFactory.ParseString("""
        akka {
          loglevel = WARNING
          stdout-loglevel = WARNING
          log-dead-letters = off
          coordinated-shutdown.run-by-clr-shutdown-hook = off
          cluster.roles = [akkakv]
          remote.dot-netty.tcp { hostname = "127.0.0.1", public-hostname = "127.0.0.1", port = 0 }
        }
        """);

    public static ActorSystem Start(Config own) => ActorSystem.Create("bench", own.WithFallback(Quiet).WithFallback(AkkaKvConfig.Base));

    public static int PortOf(ActorSystem system) => ((ExtendedActorSystem)system).Provider.DefaultAddress.Port!.Value;

    public static async Task JoinAsync(ActorSystem[] systems)
    {
        Address first = ((ExtendedActorSystem)systems[0]).Provider.DefaultAddress;
        foreach (ActorSystem system in systems)
            await Cluster.Get(system).JoinAsync(first);
    }
}
