using Akka.Actor;
using Akka.Configuration;
using Akka.Hosting;
using AkkaKv.Api;
using AkkaKv.Core.Kernel;
using AkkaKv.Host.AkkaNet.Gateway;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace AkkaKv.Host.AkkaNet.Hosting;

/// <summary>AkkaKv for programs on Akka.Hosting.</summary>
public static class AkkaKvHosting
{
    /// <summary>The name of the health check, tagged <c>ready</c>.</summary>
    public const string HealthCheckName = "akkakv";

    /// <summary>Gives <see cref="IAkkaKv"/> to whoever asks for it: the door of the node in the program's actor system.</summary>
    public static IServiceCollection AddAkkaKv(this IServiceCollection services)
    {
        ArgumentNullException.ThrowIfNull(services);
        return services.AddSingleton(static provider => AkkaKvExtension.Of(provider.GetRequiredService<ActorSystem>()).Door);
    }

    /// <summary>
    /// Hosts a node in the actor system: adds what its HOCON needs behind the program's own, starts it with the system, registers
    /// the gateway for <c>IRequiredActor&lt;AkkaKvGateway&gt;</c>, and a health check.
    /// </summary>
    /// <remarks>Call it after the program's own HOCON and <c>WithClustering</c>: the node's roles are added to those found there.</remarks>
    public static AkkaConfigurationBuilder WithAkkaKv(this AkkaConfigurationBuilder builder, AkkaKvOptions options)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(options);
        Config program = builder.Configuration.HasValue ? builder.Configuration.Value : Config.Empty;
        return builder
            .AddHocon(NodeRoles.Hocon(new NodeId(options.Settings.Node.Name!), program), HoconAddMode.Prepend)
            .AddHocon(ShardStateHocon.Of(options.Settings), HoconAddMode.Append)
            .AddHocon(HintsHocon.Of(options.Settings), HoconAddMode.Append)
            .AddHocon(AkkaKvConfig.Base, HoconAddMode.Append)
            .WithActors((system, registry) => StartAsync(system, registry, options))
            .WithHealthCheck(HealthCheckName, (system, _, cancellation) => CheckAsync(system, cancellation), tags: ["ready", HealthCheckName]);
    }

    private static async Task StartAsync(ActorSystem system, IActorRegistry registry, AkkaKvOptions options)
    {
        AkkaKvExtension extension = AkkaKvExtension.Of(system);
        await extension.StartAsync(options);
        registry.Register<AkkaKvGateway>(extension.Gateway);
    }

    private static async Task<HealthCheckResult> CheckAsync(ActorSystem system, CancellationToken cancellation)
    {
        NodeHealth health = await AkkaKvExtension.Of(system).Door.HealthAsync(cancellation);
        var facts = health.Store.ToDictionary(fact => fact.Key, fact => (object)fact.Value, StringComparer.Ordinal);
        return health.Ready ? HealthCheckResult.Healthy($"{health.Node} is ready.", facts) : HealthCheckResult.Unhealthy(string.Join(" ", health.Reasons), data: facts);
    }
}
