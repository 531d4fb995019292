using System.Net;
using System.Net.Sockets;
using System.Text;
using AkkaKv.Server.Metrics;
using AkkaKv.Server.Tests.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace AkkaKv.Server.Tests.Metrics;

public sealed class OtlpExportTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task A_collector_gets_the_metrics_as_protobuf()
    {
        var received = new TaskCompletionSource<(string Path, string? Type, string Body)>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using WebApplication collector = await CollectorAsync(received);
        using var metrics = new NodeMetrics(new FakeAkkaKv { Report = NodeMetricsTests.Report() });
        var target = new OtlpTarget(new Uri(collector.Urls.Single()), TimeSpan.FromHours(1), "node-1");

        await using OtlpExport export = OtlpExport.Start(metrics, target, TimeProvider.System);
        (string path, string? type, string body) = await received.Task.WaitAsync(Patience);

        path.ShouldBe("/v1/metrics");
        type.ShouldBe("application/x-protobuf");
        body.ShouldContain("akkakv.read_repairs");
        body.ShouldContain("akkakv.phi");
        body.ShouldContain("node-2");
        body.ShouldContain("service.instance.id");
    }

    [Fact]
    public async Task Stopping_does_not_need_a_collector()
    {
        using var metrics = new NodeMetrics(new FakeAkkaKv());
        // Bound, so that nobody else gets it, and not listening: it refuses.
        using var closed = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        closed.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var url = new Uri($"http://{closed.LocalEndPoint}");
        OtlpExport export = OtlpExport.Start(metrics, new OtlpTarget(url, TimeSpan.FromHours(1), "node-1"), TimeProvider.System);

        await export.DisposeAsync().AsTask().WaitAsync(Patience);
    }

    private static async Task<WebApplication> CollectorAsync(TaskCompletionSource<(string Path, string? Type, string Body)> received)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        WebApplication app = builder.Build();
        app.Run(async context =>
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body);
            received.TrySetResult((context.Request.Path, context.Request.ContentType, Encoding.Latin1.GetString(body.ToArray())));
        });
        await app.StartAsync();
        return app;
    }
}
