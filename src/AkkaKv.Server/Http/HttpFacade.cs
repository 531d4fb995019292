using AkkaKv.Api;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace AkkaKv.Server.Http;

/// <summary>The HTTP facade: Kestrel in front of the one door. See docs/http.md.</summary>
public static class HttpFacade
{

    // The longest context is 24,602 characters.
    private const int HeaderBytesMax = 40 << 10;
    private const int RequestLineBytesMax = 8 << 10;
    private const double BodyBytesPerSecondMin = 1024;

    /// <summary>Makes the web application; it listens when it is started.</summary>
    public static WebApplication Build(HttpFacadeOptions options, IAkkaKv door, TimeProvider clock)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(door);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddRoutingCore();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = options.DrainTimeout);
        if (options.LeavesSignals)
            builder.Services.AddSingleton<IHostLifetime, PassiveLifetime>();
        ConfigureLog(builder.Logging, options.LogLevel);
        builder.WebHost.UseKestrelCore();
        builder.WebHost.UseSockets(ConfigureSockets);
        builder.WebHost.ConfigureKestrel(kestrel => ConfigureKestrel(kestrel, options, door.Limits));
        var app = builder.Build();
        var gate = new RequestGate(options.RequestsInFlightMax, options.RequestBytesInFlightMax);
        var entries = new KvEndpoint(door, gate, options.BodyTimeout, clock, app.Services.GetRequiredService<ILogger<KvEndpoint>>());
        app.Use(next => context => entries.InvokeAsync(context, next));
        app.Use(next => context => StatusProblems.InvokeAsync(context, next));
        app.UseRouting();
        new ClusterRoutes(door).Map(app);
        new ReportRoutes(door).Map(app);
        new IdRoutes(door).Map(app);
        new ChangeRoutes(door).Map(app);
        if (options.Cluster is { } cluster)
            new JoinRoute(door, cluster).Map(app);
        return app;
    }

    /// <summary>Ends when the program says so, and at no signal.</summary>
    private sealed class PassiveLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }

    private static void ConfigureLog(ILoggingBuilder log, LogLevel level)
    {
        log.SetMinimumLevel(level);
        log.AddFilter("Microsoft", LogLevel.Warning);
        // It prints the stack of a port that is in use; the program says that in a sentence, with what to do.
        log.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.Critical);
        log.AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.TimestampFormat = "HH:mm:ss.fff ";
        });
    }

    private static void ConfigureSockets(SocketTransportOptions sockets)
    {
        // The thread that reads a request runs it up to the door, and the one that brings the reply writes it. Safe
        // because nothing below this facade blocks; see docs/PERFORMANCE.md for what it is worth.
        sockets.UnsafePreferInlineScheduling = true;

        // Waiting with an empty buffer saves 4 KiB for each idle connection and costs each request a system call.
        // Connections are bounded.
        sockets.WaitForDataBeforeAllocatingBuffer = false;
    }

    private static void ConfigureKestrel(KestrelServerOptions kestrel, HttpFacadeOptions options, KvLimits limits)
    {
        kestrel.AddServerHeader = false;
        kestrel.Listen(options.Listen, listen => listen.Protocols = HttpProtocols.Http1);
        kestrel.Limits.MaxConcurrentConnections = options.ConnectionsMax;
        kestrel.Limits.MaxRequestHeadersTotalSize = HeaderBytesMax;
        kestrel.Limits.MaxRequestLineSize = RequestLineBytesMax;
        kestrel.Limits.RequestHeadersTimeout = options.HeadersTimeout;
        kestrel.Limits.MinRequestBodyDataRate = new MinDataRate(BodyBytesPerSecondMin, TimeSpan.FromSeconds(5));
        // The exact limit is the body reader's. This one counts the framing of chunks too and is only the backstop.
        kestrel.Limits.MaxRequestBodySize = (2L * limits.ValueBytesMax) + HeaderBytesMax;
    }
}
