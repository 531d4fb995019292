using Akka.Actor;
using Akka.Configuration;

namespace AkkaKv.Host.AkkaNet.Tests.Support;

/// <summary>An actor system of a test, at a port that the machine chose.</summary>
internal sealed class TestSystem : IAsyncDisposable
{
    private const string Quiet = """
        akka {
          loglevel = WARNING
          stdout-loglevel = WARNING
          log-dead-letters = off
          coordinated-shutdown.run-by-clr-shutdown-hook = off
          remote.dot-netty.tcp { hostname = "127.0.0.1", public-hostname = "127.0.0.1", port = 0 }
        }
        """;

    private TestSystem(ActorSystem system) => System = system;

    public ActorSystem System { get; }

    public int Port => ((ExtendedActorSystem)System).Provider.DefaultAddress.Port!.Value;

    /// <summary>Starts one; without a cluster unless the settings ask for it.</summary>
    public static TestSystem Start(string settings = "akka.actor.provider = remote", string name = "test") =>
        new(ActorSystem.Create(name, ConfigurationFactory.ParseString(settings).WithFallback(ConfigurationFactory.ParseString(Quiet)).WithFallback(AkkaKvConfig.Base)));

    public async ValueTask DisposeAsync() => await System.Terminate();
}

/// <summary>How long a test waits for what must happen: generous, for a machine under load may stall for seconds.</summary>
internal static class Waiting
{
    public static TimeSpan Max { get; } = TimeSpan.FromSeconds(60);
}
