package main

import (
	"context"
	"time"

	autoscalingv2 "k8s.io/api/autoscaling/v2"
	v1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/kubernetes/pkg/controller/podautoscaler/metrics"
)

// client answers with the metrics that it was given.
type client struct {
	resource metrics.PodMetricsInfo
	object   int64
	external []int64
}

func (c *client) GetResourceMetric(context.Context, v1.ResourceName, string, labels.Selector, string) (metrics.PodMetricsInfo, time.Time, error) {
	return c.resource, time.Time{}, nil
}

func (c *client) GetRawMetric(string, string, labels.Selector, labels.Selector) (metrics.PodMetricsInfo, time.Time, error) {
	return c.resource, time.Time{}, nil
}

func (c *client) GetObjectMetric(string, string, *autoscalingv2.CrossVersionObjectReference, labels.Selector) (int64, time.Time, error) {
	return c.object, time.Time{}, nil
}

func (c *client) GetExternalMetric(string, string, labels.Selector) ([]int64, time.Time, error) {
	return c.external, time.Time{}, nil
}
