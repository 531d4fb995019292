using Akka.Actor;
using Akka.Configuration;
using Akka.Dispatch;
using AkkaKv.Core.Kernel;

namespace AkkaKv.Host.AkkaNet.Shell;

/// <summary>The dispatchers of the loops: each a thread of its own, as <c>akkakv.loop-dispatcher</c> says.</summary>
internal static class LoopDispatchers
{
    private const string Section = "akkakv.loop-dispatcher";

    public static string IdOf(int loop) => $"akkakv.loop-{loop}";

    /// <summary>Makes those that the system does not have yet.</summary>
    public static void Register(ActorSystem system, int loops)
    {
        Config section = system.Settings.Config.GetConfig(Section);
        Invariant.Require(!section.IsNullOrEmpty(), $"the actor system's configuration has {Section}: add AkkaKvConfig.Base to it, or use WithAkkaKv");
        for (int loop = 0; loop < loops; loop++)
        {
            string id = IdOf(loop);
            if (system.Dispatchers.HasDispatcher(id))
                continue;

            // More than one thread would have two actors in one store's index at once.
            Config own = ConfigurationFactory.ParseString($"id = \"{id}\"\ndedicated-thread-pool.thread-count = 1").WithFallback(section);
            system.Dispatchers.RegisterConfigurator(id, new DispatcherConfigurator(own, system.Dispatchers.Prerequisites));
        }
    }
}
